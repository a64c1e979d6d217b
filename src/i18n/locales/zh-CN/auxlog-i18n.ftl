# 解析 TOML 文件时发现的问题
toml-unknown-key = 没有“{ $name }”这一项；可以写的有：{ $known }
toml-missing-key = 缺少“{ $name }”这一项
toml-type = { $wanted ->
        [text] 这里要写文字，用引号括起来
        [truth] 这里要写 true 或 false
        [number] 这里要写一个合适的整数
        [list] 这里要写一个列表，用 [ ] 括起来
        [table] 这里要写一组“名称 = 值”
       *[other] 这里的值不对（要求：{ $must }）
    }{ $found ->
        [text] ，写的却是文字
        [truth] ，写的却是 true 或 false
        [number] ，写的却是数字
        [list] ，写的却是列表
        [table] ，写的却是一组“名称 = 值”
       *[other] ，写的是 { $value }
    }
toml-writing = { $fault ->
        [twice] 同一项写了两次
        [no-value] 这一项后面没有“= 值”
        [unquoted] 文字要用引号括起来
        [unclosed] 括号或引号没有闭合
       *[other] { $said }
    }
toml-other = 不合 TOML 语法（解析器原话：{ $said }）

# 出错的原因
reason-quoted = 程序原话：{ $said }
reason-not-sealed = 不是用这把密钥为此处加密的，或已被改动
reason-no-random = 系统的随机数发生器不可用，什么也没有写入
at-path = { $path }：{ $why }
of-record = 记录 { $id }：{ $why }
unreadable = { $place }无法读取：{ $why }
not-saved = 未能保存：{ $why }
io = { $kind ->
        [not-found] 没有这个文件或目录
        [not-permitted] 没有权限
        [exists] 已经存在
        [read-only] 文件系统是只读的
        [full] 磁盘已满
        [too-large] 文件太大
        [a-directory] 这是目录，不是文件
        [no-directory] 路径中有一段不是目录
        [cut-short] 文件不完整
        [no-text] 内容不是 UTF-8 文字
        [in-use] 地址已被占用
        [no-such-address] 本机没有这个地址
        [refused] 对方拒绝连接
        [broken] 连接中断
        [unreachable] 网络不通
        [late] 超时
        [busy] 正被占用
        [memory] 内存不足
       *[other] 系统出错
    }

# 记录的损坏
damage-kind = { $kind ->
        [frame] 一条内容被改动
        [replaced] 一条内容被调换或重放
        [cut] 末尾已回执的内容不见了
        [missing] 文件不见了
        [header] 文件头被改动
        [slot] 文件头中的位置记号被改动
        [padding] 空白处被改动
        [entry] 一条内容无法解读
       *[other] 有损坏
    }
damage = { $file } 第 { $offset } 字节处：{ $what }
damage-one = { $file } 第 { $offset } 字节处：{ $what }（日志第 { $entry } 条）
damage-several = { $file } 第 { $offset } 字节处：{ $what }（日志第 { $first } 至 { $last } 条）
spot-entry = 日志第 { $entry } 条
spot-byte = { $file } 第 { $offset } 字节处
spot-record = 记录 { $id }
spot-journal = 日志
spot-journal-end = 日志末尾
spot-roster = 名册
spot-cache = 缓存
spot-attachment = 附件 { $name }
spot-content = 附件内容 { $hash }
flaw-twice = 这条记录出现了两次
flaw-missing = 这条记录不见了，而同一链上后面的记录还在
flaw-late = 它排在同一链上后来的记录之后
flaw-cut-off = 服务器的回执到第 { $received } 条，而这里第 { $newest } 条之后的记录不见了
flaw-older-copy = 数据目录被换成了较旧的副本：这条记录曾在这里，现已不见；请先同步，并查找较新的副本
flaw-lists = 列表与记录不一致；请删除 cache 目录
flaw-no-content = 内容不在这台电脑上
flaw-not-there = 不在那里
flaw-no-record = 那里不是记录
flaw-no-roster = 那里不是名册
chain-other-writer = 记录 { $id } 属于别的链
chain-other-agency = 记录 { $id } 属于单位 { $found }，而它的链属于 { $expected }
chain-gap = 记录 { $id } 接不上：同一链上缺第 { $expected } 条
chain-fork = 记录 { $id } 有两份，内容不同
chain-behind = 记录 { $id } 不应排在同一链上第 { $tip } 条之后
chain-broken = 记录 { $id } 与前一条接不上：有一条被改动、删去或插入
chain-clock-back = 记录 { $id } 的逻辑时间没有接着前一条
chain-not-opened = 记录 { $id } 是一条链的开头，却没有写明是谁的
envelope-form = 不是记录的格式
envelope-body = 记录 { $id } 的内容不是签名时的内容
envelope-too-large = 记录的内容有 { $bytes } 字节，太大
envelope-agency = 单位代码应为 1 至 255 字节
envelope-other-key = 记录 { $id } 的密钥不属于写它的人
envelope-clock = 记录的逻辑时间没有接着前一条
crypto-profile = 本版本不认识第 { $number } 号密码方案；请更新 auxlog
crypto-key = 不是有效的公钥
crypto-signature = 签名不符
event = 记录的内容（类型 { $kind }，格式 { $schema }）无法解读

# 日志与密钥
journal-not-saved = { $file } 未能保存：{ $why }
journal-exists = 这里已有日志
journal-missing = 这里没有日志；请运行 auxlog init，或用 auxlog restore 从备份恢复
journal-other-key = 没有一段日志能用这把密钥打开：密钥文件属于另一个数据目录，或各段的文件头都已损坏
journal-not-whole = 日志已损坏：请先运行 auxlog verify，再用 auxlog sync 或 auxlog restore 恢复，然后重试
journal-too-large = 一条内容有 { $bytes } 字节，太大
keys-wrong-passphrase = { $officer } 的口令不对
keys-no-officer = 这里没有 { $officer } 的密钥
keys-has-keys = 这里已有 { $officer } 的密钥；请改为更换口令
keys-exists = { $path } 已经存在
keys-missing = 没有 { $path }；请运行 auxlog init，或用 auxlog restore 从备份恢复
keys-damaged = { $path } 及其副本都已损坏；请从备份恢复，或使用单位的恢复密钥
keys-no-recovery = 这个数据目录没有设置恢复密钥；没有口令就打不开
keys-wrong-recovery = 这把恢复密钥打不开这个数据目录
keys-cost = 密钥推导的参数超出范围
blob-too-large = 文件太大；请缩小图片或拆分文件
blob-other-content = 收到的不是内容 { $hash }；将从头重新取回
blob-damaged = { $path }：附件在磁盘上被改动；服务器上若有，会重新取回

# 证据包
evidence-record = { $writer } 的链上第 { $place } 条：{ $why }
evidence-no-task = 任务本身的记录 { $id } 不在其中
evidence-emptied = 记录 { $id } 没有内容，证据包里也没有隐去它的命令
evidence-changed = { $exporter } 导出之后，证据包或页面被改动
evidence-provision = 条款 { $cite } 与规则库 { $rulebook } 中的文字不同
bundle-not-text = 这不是 auxlog 的证据包：文件不是文字
bundle-too-large = 这不是 auxlog 的证据包：文件太大
bundle-no-place = 页面上应当恰有一处放证据包
bundle-absent = 这不是 auxlog 的证据包：文件中没有
bundle-cut-short = 文件在证据包中间断了
bundle-several = 文件中有不止一个证据包
bundle-base64 = 证据包的字符被改动（不是完整的 Base64 编码）
bundle-content = 证据包的内容无法解读
bundle-newer = 证据包是第 { $version } 版，本程序只读第 1 版；请更新 auxlog
bundle-empty-chain = 其中有一条链没有记录
bundle-two-chains = 其中一个写入者有不止一条链
bundle-other-exporter = 开头的记录不是导出者的
vouched-form = 服务器的证明无法解读
vouched-newer = 服务器的证明是第 { $version } 版；请更新 auxlog
vouched-signature = 有一处签名不是服务器密钥 { $key } 所签
vouched-other-record = 服务器证明的记录 { $id } 不是证据包中的那一条
vouched-left-out = 服务器日志里有关于这项任务的记录 { $id }，证据包里却没有
vouched-proof = 记录 { $id } 在服务器日志中的证明不成立
vouched-agency = 服务器对记录 { $id } 的证明说的是 { $agency } 的日志

# 与服务器的连接
line = { $kind ->
        [name] 网络上查不到这个服务器的名称
        [refused] 对方拒绝连接
        [unreachable] 网络不通
        [late] 连接超时
       *[broke] 连接中断
    }
line-certificate = 服务器的证书不可信（程序原话：{ $said }）
connection-address = { $address } 不是服务器地址；应为 http://127.0.0.1:端口 或 https://主机
connection-plain = { $address } 会把个人信息不加密地发出去；请改用 https:// 地址
connection-tls = 无法建立加密连接（程序原话：{ $said }）
aside-signature = 签名不符
aside-chain = 与前一条不衔接
aside-fork = 同一位置已有另一条记录
aside-body = 内容无法读取
aside-unknown-writer = 服务器不认识该签名人
aside-opening = 记录链所称的人与机关认证的不一致
beyond-field = { $field ->
    [reason] 理由
    [measure] 措施
    [text] 内容
    [note] 备注
    [name] 名称
    [officer_name] 执法人员姓名
    [agency_name] 单位名称
    [certificate] 证号
    [officer] 执法人员编号
    [auxiliary] 辅助人员编号
    [agency] 单位代码
    [order] 决定文号
    [authority] 决定机关
    [unit] 所在单位
    [source] 来源
   *[other] { $field }
}
beyond-long = { $field }有 { $length } 字（项），最多 { $most }
beyond-hidden = { $field }含有看不见的字符（控制、方向或零宽），请删去后再试

# A task's fields, and the words that may stand in them
unstated = 未说明
nobody = 无
field-text = 内容
field-at = 开始
field-until = 结束
field-items = 事项
field-auxiliaries = 辅助人员
field-mode = 方式
    .assisted = 协助
    .independent = 独立
field-presence = 现场监督
    .on-scene = 在场
    .remote = 电话或视频
    .none = 不在场
field-officers = 执法人员
field-arranged = 是否安排
    .yes = 是
    .no = 否
field-legal-basis = 法律依据
field-circumstances = 情形
    .as-officer = 以执法人员名义
    .fine-quota = 有罚款、收费指标
    .pay-linked = 报酬与罚没、收费挂钩
    .state-secret = 涉及国家秘密
    .needs-qualification = 须有专业资质
    .substantive-effect = 影响实质性权利义务
    .no-substantive-effect = 不影响实质性权利义务
field-place = 地点
field-counterpart = 相对人
field-case-number = 案号
field-agency = 单位
