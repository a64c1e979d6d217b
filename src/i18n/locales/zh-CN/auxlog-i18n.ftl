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
reason-link = { $path } 是符号链接，此处一律不跟随链接：请直接写明它所指的位置，或把文件、目录本身放在这里
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
aside-day-full = 今天（UTC）该执法人员密钥送达的记录已达服务器每日上限。其余记录明日自动续传；确属正常工作的，请管理员调高 auxlog serve 的 --device-records 与 --device-records-mib
aside-agency-full = 本单位的记录已达服务器上限。请管理员在磁盘有余量时调高 auxlog serve 的 --agency-records-mib
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
    .at-enterprise = 涉企（相对人是企业）
field-place = 地点
field-counterpart = 相对人
field-case-number = 案号
field-agency = 单位

# The words that all share: verdicts, steps, standings
verdict-permitted = 可以
verdict-needs-review = 待复核
verdict-improper = 疑似不当
answers-agency = 用人机关
answers-officer = 执法人员
answers-auxiliary = 辅助人员
status-clear = 无需复核
status-open = 未决
status-statement = 待陈述
status-confirmed = 认定属实
status-dismissed = 认定不成立
status-annulled = 已作废
decision-note = 备注
decision-propose = 提出意见
decision-confirm = 认定属实
decision-dismiss = 认定不成立
decision-statement = 请其陈述
decision-order-correction = 责令改正
decision-criticise = 通报批评
decision-return = 退回劳务派遣机构
decision-transfer = 移送司法机关
decision-facts = 查明事实
decision-evidence = 列明证据
decision-reopen = 重新启动复核
decision-sample-confirm = 发现问题
decision-sample-dismiss = 抽查无误
closed-own = 由本人登记、安排或参与，须由他人处理
closed-decided = 已经处理过了
closed-undecided = 尚未认定，无须重新启动
closed-nothing = 没有待处理的问题
closed-no-facts = 先写明事实，才能处理（第三十条）
closed-no-evidence = 先列明证据，才能处理（第三十条）
closed-not-asked = 先请其陈述和申辩（第三十条）
closed-not-heard = 先听取陈述和申辩，或记下其放弃陈述（第三十条）
closed-not-theirs = 提示中没有由辅助人员负责的内容
closed-role = 该角色不能作此步骤
closed-nobody = 机关未认证此密钥
closed-own-decision = 作出认定的人不能重新启动，由其他执法人员进行
closed-not-given-again = 按当时所知重新判断得不出这一判断，或无法重新判断
closed-unsaid = 没有写明理由或措施
closed-emptied = 台账载明无效；能说明原因的内容已被遮蔽
standing-active = 在岗
standing-suspended = 停岗
standing-departed = 离职
against-departed = 已离职
against-suspended = 停岗
against-no-certificate = 无有效证件
against-untrained = 培训不合格
against-failed-assessment = 考核不合格
against-underage = 未满十八周岁
against-other-agency = 他机关人员
against-unknown = 当天情况待查
against-other = 不可派
outcome-passed = 合格
outcome-failed = 不合格
outcome-none = 未进行
attention-held = 暂扣
attention-set-aside = 另存
attention-verdict-differs = 判断不同
attention-stale = 当时本机尚未收到
attention-void = 无效步骤
attention-time-doubtful = 时间存疑
attention-order-refused = 命令未执行

# What was refused or failed
open-no-directory = { $dir } 中没有数据：请先运行 auxlog init 或 auxlog enroll。
open-exists = { $dir } 中已有数据。请直接打开，或用 --data-dir 另选位置。
open-which-officer = 请选择执法人员。
open-wrong-passphrase = 口令不对，请再试。
open-wrong-passphrase-wait = 口令不对，{ $seconds } 秒后可再试。
open-awaits-approval = 注册尚待管理员批准；批准后再运行同一命令即可。
open-busy = 另一个 auxlog 正在写入。请先关闭它；只读命令不受影响。
open-busy-pid = 另一个 auxlog（进程 { $pid }）正在写入。请先关闭它；只读命令不受影响。
open-damaged = 记录损坏：{ $what }。请运行 auxlog verify 查明，再用 auxlog restore 或 auxlog sync 取回。
ledger-other-content = 编号 { $reference } 已登记过（{ $id }），内容不同。请换一个编号，或更正原记录。
ledger-nothing-changed = 没有改动，无需更正。
ledger-not-named = 这项任务没有写到 { $person }。
ledger-no-task = 没有任务 { $id }。
ledger-own-task = 这项任务由本人登记或安排：可以备注和提出意见，由另一名执法人员作出处理。
ledger-nothing-to-decide = 这项任务没有待处理的问题。
ledger-not-open = 现在不能走这一步：{ $why }。
ledger-missing-measure = 请写明采取的措施。
ledger-missing-person = 请写明对象。
ledger-missing-reason = 请写明理由。
ledger-not-maskable = 记录 { $id } 不能遮蔽：其他记录要靠它核验或判定。
ledger-may-not-mask = 只有本机关的负责人或管理员才能下令遮蔽记录。您若有此权限，请先同步一次，由服务器确认。
ledger-mask-unsent = 服务器尚未收到记录 { $id }：请先由记录人同步，再下令遮蔽。
ledger-mask-own = 记录 { $id } 是您本人所记，或涉及您登记、安排、参与的任务：须由他人下令遮蔽。
ledger-too-large = { $file } 太大：附件不得超过 { $mebibytes } MiB。请缩小图片或拆分文件。
ledger-roster-from-server = 这台电脑的名册来自服务器，请在服务器上导入。
ledger-not-saved = 未能保存：{ $why }。请腾出磁盘空间后再试；已回执的任务都在。
ledger-not-saved-remedy = 未能保存：{ $why }。{ $remedy }
ledger-unreadable = { $place }无法读取：{ $why }。请运行 auxlog verify。
task-no-id = 缺少编号，每项任务都要有编号
task-nothing-stated = 请选择事项或写明内容
task-unknown-code = 没有“{ $code }”这个事项编码；用 auxlog rules list 查看全部
task-both-effects = “有实质影响”与“无实质影响”不能同时成立
task-until-before-at = 结束时间早于开始时间
task-until-without-at = 写了结束时间，没有开始时间
task-in-future = 时间在将来：请先派工，做完再登记
task-empty-person = 第 { $position } 人没有编号
task-person-twice = { $id } 重复出现
task-too-long = 有 { $length } 字，最多 { $most } 字
task-too-many = 有 { $length } 项，最多 { $most } 项
task-control = 含有控制字符，请删去
file-refused = { $path }：{ $why }
file-refused-remedy = { $path }：{ $why }。{ $remedy }
disk-read-only = 文件系统是只读的
disk-read-only-remedy = 请改为可写挂载，或换一个位置。
disk-not-permitted = 当前用户无权写入
disk-not-permitted-remedy = 请换用该目录所属的用户，或请其授权。
disk-full = 磁盘已满
disk-full-remedy = 请腾出空间后再试；已回执的任务都在。
join-other-officer = 注册码属于 { $agency } 的 { $officer }，这个数据目录属于别人。请用 --data-dir 指定正确的目录。
join-other-server = 这台电脑已接入 { $server }，对方的密钥与之不同。如果机关说明服务器换了密钥并告知新公钥，请加上 --server-key 公钥 再运行一次；否则不要接入，请告知管理员。
join-other-key = 对方的公钥是 { $found }，不是给出的那一个：这是另一台服务器，没有接入。请告知管理员。
join-not-enrolled = 这台电脑还没有接入服务器。请先运行 auxlog enroll。
join-key = 本机保存的服务器公钥无法读取，请重新接入。
join-address = 服务器地址不可用（{ $why }）。
join-again = 请用新的注册码重新接入。
sync-unreachable = 无法连接服务器：{ $why }。
sync-timeout = 服务器没有及时应答。
sync-not-the-server = 应答的不是 auxlog 服务器（HTTP { $status }，{ $media }）：请先登录这个网络，或核对服务器地址。
sync-bad-answer = 服务器的应答无法使用：{ $why }
sync-other-server = 服务器的密钥不是本机接入时的那个。请联系管理员：如服务器换了密钥，用单位给的注册码和公钥重新接入（`auxlog enroll --code … --server-key …`）。已登记的都保留在本机。
sync-log-differs = 服务器日志共 { $size } 条，内容与其根哈希不符：有记录被漏掉、调换或改动。下次同步时从头核对；如再次出现，请告知管理员。
sync-history-rewritten = 服务器上原有 { $old } 条记录的历史被改动过。请告知管理员，并保留本机数据。
sync-two-views = 服务器给另一台笔记本看的 { $size } 条日志与本机的不同，两份都有服务器签名（记录 { $of }）。请告知管理员，并保留本机数据：两者合起来就是证据。
sync-roster-not-issued = 服务器给出的名册（版本 { $version }）在其日志中没有签发记录，未采用，本机沿用原有名册。请告知管理员，在服务器上运行 auxlog admin verify 核对。
sync-fork = 记录 { $id } 有两份不同的内容，密钥已冻结：本机的拷贝用同一密钥继续登记过。请在拷贝上运行 `auxlog officer renew`，再用新的注册码接入；另一台由负责人放行后继续使用。
sync-set-aside = 服务器搁置了记录 { $id }（{ $reason }），其后的记录在等待。请告知管理员。
sync-stalled = 服务器没有收下任何记录，稍后再试。
sync-full = 服务器暂不再接收记录：{ $reason }。记录在本机安全保存，以后同步时再发送。
sync-ledger = 本机记录：{ $why }
refused-clock-skew = 本机时钟与服务器相差太多，请校准后再试。
refused-revoked = 这台电脑已被管理员吊销。记录都在本机，请联系管理员。
refused-frozen = 这台电脑的密钥已被冻结：管理员处理之前，只能送出自己的记录，不能做别的。
refused-own-device = 这是您自己的设备，须由另一人决定。
refused-wrong-digits = 核对码与该设备不符。请执法人员再读一次笔记本上的核对码：再运行同一 auxlog enroll 命令即显示（更换密钥的，见 auxlog officer renew 的输出）。仍不一致的，笔记本与服务器之间可能有人冒充：请吊销该设备，另发注册码。
refused-quota = 服务器暂不再接收附件：已达当日或本单位的上限，或服务器磁盘将满。附件留在本机，以后同步时再发送；记录已全部送达。持续如此请告知管理员。
refused-server-damaged = 服务器的数据库已损坏或被改动，重试无用。您的记录都在本机，没有丢失。请告知管理员：用 auxlog admin verify 可查出所在位置。
refused-unauthenticated = 服务器不认识这台电脑的密钥。请向管理员要新的注册码重新接入。
refused-forbidden = 服务器不认可本机或本人的权限：请联系管理员。
refused-upgrade-needed = 服务器只支持更新的版本，请升级 auxlog。
refused-rate-limited = 请求过多，请稍后再试。
refused-unavailable = 服务器暂时无法处理，请稍后再试。
refused-other = 服务器拒绝了请求（{ $name }）。

## 台账
entry-misfit = { $field }：{ $why }
misfit-missing = 未填写
misfit-kind = 不能是“{ $said }”
misfit-no-choice = 不能是“{ $said }”，可填：{ $choices }
misfit-too-long = 超过 { $most } 个字符
misfit-hidden = 含有看不见的字符
misfit-unknown = 找不到“{ $said }”，或不止一个
misfit-no-field = 没有这一栏
entry-closed-nobody = 机关没有登记您的密钥，此步不能生效。
entry-closed-role = 您的角色不能办理此步。
entry-closed-state = 按目前状态不能办理此步。
entry-closed-needs = 须先办理：{ $step }。
entry-closed-apart = 本人已办过“{ $step }”，不能再办这一步：请另一人办理。
entry-closed-own = 条目由您录入，须由他人办理。
entry-closed-unsaid = 须写明理由。
entry-closed-field = “{ $field }”填写不合要求。
entry-closed-gone = 条目已作废、已遮蔽或尚未收到。
entry-closed-no-step = 没有这一步。
entry-against = { $findings }仍要办理的，请写明理由。
entry-no-reason = 须写明理由。
entry-no-files = 文件在电脑上附：这里不能附文件。
entry-state-annulled = 已作废
entry-no-server = 有一栏要密封给服务器，而本机没有服务器：先加入服务器（auxlog enroll），或者不填这一栏。
entry-nothing-changed = 没有改动，无需更正。
entry-none = 没有条目“{ $id }”。用 list 查看编号。
