# Messages of auxlog-tui.
app-title = 行政执法辅助人员工作记录

## 命令：名称和说明。编号见命令表，点写作连字符。

command-help = 帮助
    .doc = 列出此处可用的命令和按键，可搜索，回车执行
command-go-today = 今日
    .doc = 今日工作、待办和到期事项
command-go-log = 登记
    .doc = 登记一项工作，边写边判断
command-go-plan = 派工
    .doc = 查看、安排派工，派出前先判断
command-go-tasks = 台账
    .doc = 查看、筛选已登记的工作
command-go-review = 复核
    .doc = 复核被标记的工作
command-go-staff = 人员
    .doc = 查看辅助人员和执法人员
command-go-law = 法规
    .doc = 查看、搜索条文和判断规则
command-go-sync = 同步
    .doc = 本机已存、服务器已收、待处理
command-palette = 命令
    .doc = 按名称、拼音或编号查找命令
command-back = 返回
    .doc = 关闭当前窗口，或返回上一页面
command-lock = 锁屏
    .doc = 锁定屏幕，清除内存中的密钥；草稿已保存
command-theme-next = 换主题
    .doc = 深色、浅色、强光、单色
command-language-switch = 切换语言
    .doc = 中文或英文
command-glyphs-switch = 换符号
    .doc = 框线错位时改用 ASCII 符号
command-suspend = 挂起
    .doc = 暂时交还终端，回到命令行；用 fg 返回
command-quit = 退出
    .doc = 结束程序；已保存的记录和草稿都在
command-list-open = 打开
    .doc = 打开选中的一行
command-list-search = 查找
    .doc = 进入查找框
command-list-up = 上一行
    .doc = 选择上一行
command-list-down = 下一行
    .doc = 选择下一行
command-list-page-up = 上一页
    .doc = 向上翻一页
command-list-page-down = 下一页
    .doc = 向下翻一页
command-list-first = 第一行
    .doc = 到第一行
command-list-last = 最后一行
    .doc = 到最后一行
command-form-next = 下一项
    .doc = 到下一项
command-form-previous = 上一项
    .doc = 到上一项
command-form-activate = 确定
    .doc = 打开、按下或选择当前项
command-text-undo = 撤销
    .doc = 撤销上一次文字改动
command-text-redo = 重做
    .doc = 恢复刚撤销的文字改动
command-text-clear = 清空
    .doc = 清空当前输入框
command-text-delete-word = 删词
    .doc = 删除光标前的词
command-log-save = 保存
    .doc = 保存这项工作
command-tasks-refresh = 刷新
    .doc = 重新读取台账
command-review-decide = 处理
    .doc = 处理选中的标记
command-staff-file = 个人档案
    .doc = 各台账中有关此人的全部条目，按时间排列
command-staff-new = 新条目
    .doc = 在这本台账中登记新条目
command-staff-step = 办理
    .doc = 办理下一步：确认、暂停、收回等
command-staff-correct = 更正
    .doc = 更正条目并写明理由；原记录保留
command-staff-annul = 作废
    .doc = 作废条目并写明理由；条目仍可查看
command-staff-save = 保存
    .doc = 保存所填的条目或步骤
command-staff-next = 下一页
    .doc = 依次转到人员、台账、到期
command-staff-previous = 上一页
    .doc = 依次转到到期、台账、人员
command-go-registers = 管理台账
    .doc = 本单位的各本台账：培训、证件、协议
command-go-due = 到期
    .doc = 各台账中即将到期的条目，最早的在前
command-staff-refresh = 刷新
    .doc = 重新读取名册和台账
command-law-part = 切换
    .doc = 在本办法、事项、上位法和判断规则之间切换
command-sync-settle = 处理冲突
    .doc = 打开选中的冲突；据两处更正再更正一次即告解决
command-staff-law = 条文
    .doc = 查看不宜派出所依据的条文
command-sync-now = 立即同步
    .doc = 现在与服务器同步一次

## 提示

engine-panicked = 程序内部出错，这一步可能没有完成；已保存的记录不受影响。请查看后重试
hint-input-method = 输入法处于中文状态：按 Shift 切换，或用功能键；F1 帮助
too-small = 窗口太小（{ $width }×{ $height }）：请放大到 { $columns }×{ $rows } 以上。
status-counts = 本机已存 { $stored } · 服务器已收 { $received } · 待处理 { $pending }
status-alone = 本机已存 { $stored } · 未加入服务器
palette-title = 命令
picker-nothing = 没有找到：换一个写法，或按 Ctrl-U 清空
palette-placeholder = 名称、拼音或首字母
help-title = 帮助：此处可用的命令
help-not-now = 现在不可用
confirm-title = 请确认
confirm-yes = 是
confirm-no = 否

## 解锁

unlock-title = 解锁
unlock-officer = 执法人员（上下键选择）
unlock-passphrase = 口令
unlock-looking = 正在读取……
unlock-hint = 输入口令后按回车
unlock-empty = 请先输入口令
unlock-again = 现在可以再试
unlock-opening = 正在打开……
unlock-rebuilding = 正在由记录重建索引：{ $done } / { $all }
}：请先关闭它。
open-io = { $path }：{ $why }

## 未能完成

## 键盘方案检查

keymap-syntax = 格式有误：{ $message }
keymap-unknown-preset = 没有名为 { $name } 的键盘方案
keymap-unknown-scope = 没有名为 [{ $name }] 的范围
keymap-unknown-command = 没有名为 { $name } 的命令
keymap-and-more = { $first }；另有 { $more } 处，请运行 auxlog keys check
keymap-did-you-mean = ，是否指 { $meant }？
keymap-wrong-scope = 命令 { $name } 属于 [{ $belongs }]，不属于 [{ $scope }]
keymap-unknown-key = 没有名为 { $name } 的键
keymap-not-bound = [{ $scope }] 中本来就没有绑定 { $keys }
keymap-conflict = { $keys } 已绑定 { $first }，这里又绑定 { $second }
keymap-shadowed = { $keys } 按不到：{ $by } 已先执行别的命令
keymap-hides = 在 [{ $scope }] 中 { $keys } 不再执行 { $hidden }，而它没有别的键：在那里只能从命令面板执行
keymap-unreachable = { $command } 没有中文输入法下可用的键：其他命令都靠它到达，请绑定一个功能键、方向键、回车、Esc 或 Ctrl 加字母
keymap-not-ime-safe = { $command } 的键（{ $keys }）在中文输入法下都不起作用：请再加一个功能键、方向键或 Ctrl 加字母

## 登记

command-log-accept = 采纳
    .doc = 采纳全部建议和沿用的内容
command-log-again = 再记一条
    .doc = 内容同上一条，改选辅助人员
command-log-split = 分段
    .doc = 执法人员离开：保存到此为止，其余另记一条
command-log-plan = 派工
    .doc = 按此安排派出；不当的要写明理由
command-log-templates = 模板
    .doc = 调用模板，或把当前内容存为模板
command-log-order = 换顺序
    .doc = 先写内容，或先填各项；以后都按此
command-log-discard = 清空
    .doc = 清空登记表；再按一次恢复
log-pick-auxiliaries = 选择辅助人员
log-pick-officers = 选择执法人员
log-pick-duties = 选择事项
log-pick-circumstances = 选择情形
log-picker-hint = 姓名、拼音首字母、编号；Tab 多选，回车确定
log-duties-picker-hint = 事项、拼音首字母、条款号；左右键展开，Tab 多选，回车确定
log-circumstances-picker-hint = 情形或拼音首字母；Tab 多选，回车确定
log-not-on-roster = 不在名册
log-recused = 应回避
log-related = 与相对人有关系
log-pick-hint = 直接输入姓名拼音首字母或编号
log-duties-hint = 直接输入事项、拼音首字母或条款号，如 xchc、16.2
log-circumstances-hint = 没有特殊情形可跳过；回车选择
log-text-hint = 写一句做了什么；从中识别的内容标“建议”，采纳后才记入
log-legal-basis-hint = 法律、法规、规章的名称和条款
log-start-hint = { $opened }（打开登记表时）
log-end-hint = 时:分，如 1015
log-suggested = 建议
log-carried = 沿用
log-officer = { $name }（{ $certificate }）
log-unread = 看不懂
log-verdict-title = 判断
log-begin = 填写后在此显示判断和条文原文。
    用 Tab 或上下键换项，Ctrl-S 保存。
log-says-nothing = 请选择事项或写明做了什么
log-no-time = 时间看不懂：可写 930、9:30、11-23 0930
log-ends-before-start = 结束时间早于开始时间
log-saved = 已保存 第{ $seq }号 · { $verdict }
log-saved-flagged = 已保存 第{ $seq }号 · { $verdict }，已列入复核
log-plan-title = 疑似不当：仍要派工
log-plan-why = 写明为什么仍要这样派；理由一并记录
log-planned = 已保存：派工
log-correct-title = 更正
log-correct-why = 写明更正的理由；原记录保留
log-corrected = 已保存：更正
log-correcting = 更正 { $reference }：改好后按 Ctrl-S，写明理由
log-last-saved = 已保存 第{ $seq }号（{ $at }）
log-not-saved = 未能保存：{ $why }
log-draft-kept = 草稿已存
log-draft-unreadable = 草稿无法读取，已另起一张
log-draft-restored = 已恢复未保存的草稿
log-draft-in-the-way = 登记表里还有未保存的内容：先保存或清空
log-discarded = 已清空；再按一次恢复
log-planning = 派工：Ctrl-S 保存；疑似不当的须写明理由
log-plan-begin = 安排派出：填写后先在此判断，再派人。
    用 Tab 或上下键换项，Ctrl-S 保存派工。
log-plan-start-hint = 如 明天 0930、11-24 9:30
log-templates = 模板
log-template-keep = 把当前内容存为模板……
log-template-name = 模板名称
log-template-drop = 删除模板……
log-template-kept = 已存为模板：{ $name }
log-template-dropped = 已删除模板：{ $name }
log-no-templates = 还没有模板：先填写，再存为模板
log-text-first = 登记表先写内容；再按一次改回
log-fields-first = 登记表先填各项；再按一次改回
shelf-hint = 名称或拼音首字母
shelf-unnamed = 请写一个名称
log-attach-title = 附件
log-attach-path = 文件路径；也可把文件拖进窗口
log-attach-hint = 回车写路径，或拖入
log-attaching = 正在保存附件……
log-attached = 附件已加密存入本机：{ $name }；保存后随记录提交
field-attachments = 附件

## 通用词

list-separator = 、
loading = 正在读取……
certificate-missing = 无证
certificate-not-yet = { $from }起有效
certificate-valid = 有效
certificate-valid-until = 有效至{ $until }
certificate-last-day = 今日到期
certificate-due = { $days }天后到期
certificate-expired = { $until }已过期
certificate-not-yet-brief = 未生效
certificate-expired-brief = 已过期
certificate-short = 证有效
certificate-none-short = 无有效证
panel-findings = { $count } 项提示
panel-proper = 合规做法：{ $changes }
panel-more = { $key } 看全文
panel-remedy = 办法：{ $remedy }
panel-answers = 负责：{ $who }
panel-consequence = 后果　{ $cited }
panel-basis = 依据
task-annulled = 已作废
task-conflict = 冲突
decision-take-statement = 记录陈述
weekday = { $day ->
        [Mon] 星期一
        [Tue] 星期二
        [Wed] 星期三
        [Thu] 星期四
        [Fri] 星期五
        [Sat] 星期六
       *[Sun] 星期日
    }
weekday-short = { $day ->
        [Mon] 一
        [Tue] 二
        [Wed] 三
        [Thu] 四
        [Fri] 五
        [Sat] 六
       *[Sun] 日
    }
column-when = 时间
column-verdict = 判断
column-people = 辅助人员
column-text = 内容
column-place = 地点
column-officer = 登记人
column-status = 状态
column-age = 已等
column-turn = 轮到
column-name = 姓名
column-number = 编号
column-agency = 单位
column-certificate = 工作证件
column-sendable = 可否派出
row-received = 已收
row-pending = 待传
reason-needed = 请写明理由
measure-needed = 请写明已采取的措施
acknowledgement-needed = 须由本人确认后才能记入
prompt-hint = 回车确定，Esc 取消

## 今日

command-today-calendar = 日历
    .doc = 近几十周的日历和登记、提示数量；再按返回

today-logged = 今日登记 { $tasks } 条
today-own-held = 本机有 { $count } 条记录未进入台账（暂扣或另存）：F8 同步里查看
today-awaiting = 待你处理的记录：暂扣 { $held }，另存 { $aside }，其他 { $others }：F8 同步里查看
today-soon = 台账中 30 天内到期 { $count } 条：F6 人员 → 到期
today-incidents = 近 14 天台账异常 { $count } 件：F8 同步里查看
today-shift = 辅助人员 { $people } 人 { $span }
today-stored = 本机已存 { $count }
today-alone = 未加入服务器
today-received = 服务器已收 { $count }
today-pending = 待处理 { $count }
today-flags = 未决复核（{ $count }）
today-planned = 今日派工（{ $count }）
today-done = 已登记
today-to-do = 待执行
today-no-flags = 没有待决的复核
today-tasks = 今日已登记（{ $count }）
today-no-tasks = 今天还没有登记；按 F3 开始
today-due = 即将到期（{ $count }）
today-no-due = 近期没有到期事项
today-calendar = 日历
today-calendar-weeks = 近 { $weeks } 周，每格一天
today-fortnight = 近 14 天
today-calendar-key = { $key } 日历
today-spark-tasks = 登记
today-spark-flags = 提示
due-work-certificate = 辅助工作证件（第二十一条）
due-officer-certificate = 执法证
due-training = 岗前培训（第二十一条）
due-assessment = 考核（第二十一条）
due-review = 定期审验（第二十一条）
due-open = 未完成
due-today = 今日到期
due-past = 已过 { $days } 天
due-in = 还有 { $days } 天

## 派工

command-plan-new = 新派工
    .doc = 安排一项工作，先判断再派人
command-plan-carry-out = 登记
    .doc = 按此派工登记已完成的工作
command-plan-call-off = 撤销
    .doc = 撤销这项派工并写明理由；原记录仍在
command-plan-law = 条文
    .doc = 查看判断所依据的条文
plan-head = 待执行 { $waiting } 项，其中疑似不当 { $improper } 项
plan-none = 近期没有派工。按 { $key } 安排。
plan-overdue = 逾期未登
plan-called-off = 已撤销
plan-by = 派工人
plan-reason = 仍派理由
plan-call-off-title = 撤销派工
plan-call-off-why = 写明撤销的理由；原记录保留

## 台账

command-tasks-like = 照此登记
    .doc = 以这项工作为样再登记一条
command-tasks-review = 复核
    .doc = 到复核页处理这项工作的提示
command-tasks-law = 条文
    .doc = 查看判断所依据的条文
command-tasks-correct = 更正
    .doc = 更正这项工作并写明理由；原记录仍在
command-tasks-annul = 作废
    .doc = 标记作废并写明理由；原记录仍在
command-tasks-views = 视图
    .doc = 调用筛选视图，或把当前筛选存为视图
command-tasks-export = 导出
    .doc = 把列表或这项工作导出为表格、数据或证据文件
command-tasks-print = 签字表
    .doc = 生成可打印、签字的表单
tasks-filter = 筛选
tasks-filter-hint = Ctrl-F 输入：疑似不当 未决 16.2 本月 姓名 地点:某路 文字
tasks-total = 共 { $total } 条
tasks-none = 还没有登记的工作
tasks-none-found = 没有符合条件的工作
tasks-annul-title = 作废
tasks-annul-why = 写明作废的理由；原记录保留，标记可见（第十七条（五））
view-today = 今天
view-today-line = 今天
view-open = 未决
view-open-line = 未决
view-improper = 本月疑似不当
view-improper-line = 本月 疑似不当
view-week = 本周
view-week-line = 本周
views-title = 视图
views-keep = 把“{ $line }”存为视图……
views-name = 视图名称
views-drop = 删除视图……
views-kept = 已存为视图：{ $name }
views-dropped = 已删除视图：{ $name }
export-title = 导出为
export-hint = 格式
export-xlsx = 表格 xlsx
export-xlsx-doc = 用表格软件打开
export-csv = 表格 csv
export-csv-doc = 逗号分隔的文本
export-json = 数据 json
export-json-doc = 每行一条，供程序读取
export-sheet = 签字表
export-sheet-doc = 用浏览器打开、打印，留有签名栏
export-evidence = 证据文件
export-evidence-doc = 自带证明，可在任何电脑上复验
export-file-list = 台账
export-file-sheet = 签字表
export-file-evidence = -证据
export-path-title = { $form }：写到哪个文件
export-path-hint = 文件名；已有的文件不覆盖
export-no-path = 请写文件名
export-working = 正在写文件……
export-done = 已写出 { $tasks } 条：{ $path }
detail-fact = { $label }：{ $value }
detail-logged-by = 登记人
detail-over-limits = 超出限度：这里的记录所含内容超过本程序允许登记的限度
detail-late = 补录：事后超过一天才登记（{ $recorded }）
detail-doubtful = 时间存疑：记录的时间与服务器收到它的先后对不上
detail-conflict = 冲突：{ $fields } 有两处互不知情的更正，须择一
detail-found = 判断和条文（《{ $rulebook }》）
detail-differs = { $who }：登记时所述与名册不同（{ $facts }）
detail-history = 记录（{ $count }）
detail-record = { $at } { $by } { $what }
detail-chain = 链 { $writer } 第{ $seq }号 哈希 { $hash }
detail-receipt = 服务器已出回执
detail-no-receipt = 尚无服务器回执
detail-void = 无效：{ $why }
detail-before-joining = 入网前：当时这台电脑还没有接入服务器
detail-first-rules = 按 0.1.0 的规则作出：当时不要求先查明事实、列明证据、听取陈述
detail-before = 原
detail-after = 改为
detail-annulled = 已作废：原记录保留（第十七条（五））
detail-judged = 依《{ $rulebook }》判断为{ $verdict }
detail-reason = 理由：{ $reason }
detail-measure = 措施：{ $measure }
detail-waived = { $who } 放弃陈述和申辩
detail-statement = { $who } 陈述：{ $text }
detail-acknowledged = 本人已确认
detail-not-acknowledged = 本人未确认
event-logged = 登记
event-planned = 派工
event-amended = 更正
event-annulled = 作废
event-statement = 陈述和申辩
event-attachment = 附件
event-masked = 已依令屏蔽
event-rejudged = 重新判断
event-other = 其他记录
event-newer = 需要新版本才能显示

## 复核

command-review-save = 保存
    .doc = 保存正在写的复核步骤
command-review-export = 导出案卷
    .doc = 把这项工作连同每一步写成可自证的证据文件
command-review-law = 条文
    .doc = 查看提示所依据的条文
review-none = 没有待决的复核。
review-total = 待决 { $flags } 条，抽查 { $sampled } 条：先重后轻，先久后近
review-yours = 这项由您处理：按回车选择步骤
review-own = 本人登记或安排：可以备注和提出意见，由他人作出处理
review-nobody-left = 本单位执法人员都参与了此事：请管理员给外单位复核人员开通（admin code）
review-decided = 已处理；仍可备注
review-steps-title = 复核步骤
review-steps-hint = 步骤名称或拼音首字母
review-reason = 理由和事实
review-reason-hint = 写明事实、证据和理由（第三十条）
review-measure = 已采取的措施
review-measure-hint = 如：当场纠正，由执法人员重新核查
review-who = 陈述人
review-statement-words = 陈述和申辩
review-statement-hint = 按本人原话记录；放弃陈述则留空
review-acknowledged = 本人确认
review-acknowledged-yes = 已确认
review-acknowledged-no = 未确认
review-sending = 正在保存……
review-writing-keys = Tab 换项，Ctrl-S 保存，Esc 取消
review-saved = 已保存：{ $step }
step-note = 补充说明，不作处理
step-propose = 提出处理意见，由他人决定
step-confirm = 提示属实，写明已采取的措施
step-dismiss = 提示不成立，写明理由
step-reopen = 由其他执法人员重新认定，写明理由
step-statement = 请其陈述和申辩（第三十条）
step-take-statement = 记录其陈述，由本人确认
step-measure = 第二十九条的处理
step-return = 情节严重的，第二十九条
step-transfer = 构成犯罪的，第二十九条
closed-own-short = 须由他人
closed-decided-short = 已处理
closed-undecided-short = 尚未认定
closed-not-asked-short = 先请其陈述
closed-not-heard-short = 先听取陈述
closed-not-theirs-short = 不由其负责
closed-role-short = 角色不符
closed-nobody-short = 密钥未认证
closed-own-decision-short = 由他人进行
closed-not-given-again-short = 不能重得此判断
closed-unsaid-short = 未写明
closed-emptied-short = 台账载明
closed-nothing-short = 没有提示
closed-no-facts-short = 先写明事实
closed-no-evidence-short = 先列明证据
step-facts = 何时、何地、何人、做了什么（第三十条）
step-evidence = 证据及其证明什么（第三十条）
step-sample-confirm = 与登记的不符，写明问题和措施
step-sample-dismiss = 与登记的相符，写明看过什么
review-facts = 事实
review-facts-hint = 写明何时、何地、何人、做了什么，只写查明的（第三十条）
review-evidence = 证据
review-evidence-hint = 逐项写明证据和它证明什么：照片、笔录、证人、附件编号（第三十条）
review-against = 处理谁
review-measure-correct = 改正什么、何时改完
review-measure-correct-hint = 如：三日内重学第十六条，不再单独核查
review-measure-criticise = 在什么范围通报
review-measure-criticise-hint = 如：本大队全体人员
review-measure-return = 情节怎样严重、退回哪家公司
review-measure-return-hint = 如：一月内第三次单独检查，退回某劳务公司
review-measure-transfer = 移送哪个机关、因什么
review-measure-transfer-hint = 如：市公安局，涉嫌冒充执法人员收取现金
words-needed = 请写明{ $what }
review-sample = 抽查：判断为可以，请看登记是否与实际相符；按回车选择步骤
review-draft = { $reference } 有一步没写完，打开它可接着写
row-late = 补录 · { $text }
row-doubtful = 时间存疑 · { $text }
row-sampled = 抽查
cites-title = 看哪一条
cites-hint = 条号、文字或拼音首字母
detail-against = 对象：{ $who }
age-today = 今天
age-days = { $days } 天
turn-you = 您
turn-another = 他人
turn-statement = 记录陈述

## 人员

command-staff-duty = 派谁合适
    .doc = 选一个事项，看谁现在可以派、为什么不可以
staff-search = 查找
staff-search-hint = 直接输入姓名、拼音首字母、编号、单位
staff-total = { $total } 人
staff-for-duty = 派去：{ $duty }
staff-for-any = 可否派出只看本人条件；按 Ctrl-E 选一个事项
staff-none-found = 没有找到
staff-duty-title = 派去做什么
staff-sendable = 可以派
staff-sendable-long = 现在可以派
staff-status = 状态
staff-certificate = 工作证件
staff-training = 岗前培训
staff-assessment = 最近考核
staff-born = 出生日期
staff-qualifications = 专业资质
staff-company = 派遣机构
staff-recusal-decided = 应当回避：{ $counterpart } { $relation }
staff-recusal-known = 与{ $counterpart }有关系，未决定回避 { $relation }
staff-fitness = 可否派出
staff-duties = 履职情况
staff-counts = 共 { $tasks } 条：可以 { $permitted }，待复核 { $review }，疑似不当 { $improper }；未决 { $open }
staff-item = { $item } { $times } 次
staff-tasks = 最近的工作
staff-tab-people = 人员
staff-tab-registers = 台账
staff-tab-due = 到期
registers-register = 台账
registers-cites = 依据
registers-count = 条目
entries-search-hint = 直接输入要查找的词
entries-total = { $total } 条
entries-none = 没有条目
entries-none-due = 没有即将到期的条目
entries-file = { $name } 的个人档案
column-day = 日期
column-entry = 条目
column-due = 事项
column-left = 还剩
entry-overdue = 已过 { $days } 天
entry-due = { $what }：{ $day } 前
entry-left = { $days } 天
entry-annulled = 已作废
entry-contradiction = 有冲突
entry-ends = { $days } 天后到期
entry-made-by = 登记
entry-origin = 来自 { $name }
entry-history = 办理情况
entry-conflicts = 冲突
entry-conflict = { $field }：两处更正不同，再更正一次即告解决
entry-conflict-step = 两处同时办理的步骤结果不同，再办理一步即告解决
entry-void = 不起作用的记录
entry-not-read = 台账没有读出：{ $why }
entry-step-title = 办理哪一步
entry-step-hint = 输入步骤名查找
entry-annul-title = 作废条目
entry-annul-why = 为什么作废
entry-saved = 已保存：{ $what }
entry-form-new = 新条目：{ $register }
entry-form-correct = 更正：{ $entry }
entry-form-step = { $step }：{ $entry }
entry-form-reason = 理由
entry-form-hint = Ctrl-S 保存  Tab 下一项  Esc 放弃
entry-form-leave = 所填内容还没有保存；再按一次 Esc 放弃
entry-form-pick = 回车选择，或直接输入查找
entry-form-file = 文件路径，可以拖入窗口
entry-form-files = 文件路径，一行一个，可以拖入窗口
entry-form-many = 几项之间用顿号分开
entry-form-sealed = 密封给服务器，别处都打不开
entry-form-date = 年-月-日，如 2026-11-30
entry-form-refused = 未保存：{ $why }
entry-form-unfit = 未保存：{ $count } 处填写不合要求
entry-form-saving = 正在保存……

## 法规

law-found = 条文 { $count }
law-nothing = 没有找到。按 Esc 清除查找内容。
law-search = Ctrl-F 查找：条号、词语、拼音
law-part-regulation = 本办法
law-part-above = 上位法
law-part-rules = 判断规则
law-remedy = 怎样才妥当：{ $text }
law-cites = 依据：{ $text }
law-own-item = 该事项所在条款
law-an-activity = 该事项
law-a-person = 该辅助人员
law-when = 条件：
law-answers = 责任主体：{ $text }

## 同步

sync-counts = 三个数
sync-stored = 本机已存
sync-stored-doc = 已写入本机磁盘，断电不丢
sync-received = 服务器已收
sync-received-doc = 服务器签名回执已核对
sync-pending = 待处理
sync-pending-doc = 尚无回执，联网后自动发送
sync-pulled = 已收到
sync-pulled-doc = 来自其他设备的记录
sync-server = 服务器
sync-alone = 本机未加入服务器，记录只存在本机。加入请运行 auxlog enroll --server 地址 --code 一次性代码。
sync-address = 地址
sync-device = 本机编号
sync-receipt = 回执
sync-no-receipt = 本次启动后尚未收到回执
sync-head = 链首
sync-root = 日志
sync-root-of = 共 { $size } 条，根 { $root }
sync-latest = 最近一次
law-part-duties = 事项
law-way-supervised = 两名持证执法人员在场
law-way-remote = 执法人员电话或视频指挥
law-way-alone = 执法人员不在场，独自做
law-outlooks = 各种情形逐一推演（辅助人员均符合条件）：
law-never-proper = 没有哪项事实的改变能使其成为可以。
law-duty-code = 登记编号：{ $code }
law-duty-words = 也可用这些词查找：{ $found }
staff-first = 前 { $found } / { $total } 人
staff-statements = 陈述和申辩
staff-waived = 放弃陈述和申辩
sync-waiting = 待发：{ $officer } 第 { $first } 至 { $last } 号，最早 { $since }
sync-own-held = 服务器暂扣了本机 { $held } 条记录，待负责人放行（{ $reason }）。
awaiting = { $what ->
    [held] 暂扣
    [set_aside] 另存
    [verdict_differs] 判断不同
    [stale] 当时本机尚未收到
    [void] 无效步骤
    [order_refused] 命令未执行
   *[other] { $what }
} { $count } 条待处理：{ $officer } 的设备 { $device }，最近 { $at }
awaiting-how = 用 auxlog manage held 查看，核实后用 auxlog manage release 放行。
incident = 异常 · { $at } · { $kind ->
    [fork] 同一位置有两条记录
    [malformed] 另存了不能收录的记录
    [server_behind] 服务器退回到旧副本
    [laptop_behind] 电脑退回到旧副本
    [mask_refused] 隐去命令未执行
    [verdict_differs] 记录的判断与服务器不同
    [void_step] 无权作出的步骤
    [log_damaged] 服务器的台账与日志不符
    [body_missing] 记录送到时没有内容，也没有隐去命令
    [attachments_refused] 服务器未再接收某设备的附件
    [records_refused] 服务器未再接收某设备的记录
    [beyond_limits] 记录含有正版程序不会写入的内容
   *[other] { $kind }
}（{ $record }）{ $detail }
sync-conflicts = 待处理的冲突（{ $count }）：Ctrl-E 打开
sync-speed = 已传 { $up }，已取 { $down }；每秒 { $rate } 条
sync-left = ；约还需 { $seconds } 秒
sync-noted-verdict = 第 { $seq } 号记录：服务器的判断与本机不同，已列入复核。
sync-noted-stale = 第 { $seq } 号记录：服务器的名册或规则较新，当时本机尚未收到，待复核。
sync-noted-void = 第 { $seq } 号记录：已保存，但该步骤无效。
sync-noted-clock = 第 { $seq } 号记录：写入时本机时钟与服务器相差一天以上。
sync-noted-held = 第 { $seq } 号记录：服务器暂扣，待负责人放行。
sync-noted-order = 第 { $seq } 号记录：服务器未执行这项遮蔽令，原因已通知负责人。
sync-nothing-yet = 本次启动后尚未同步
sync-started = 正在同步……
sync-done = { $at } 同步完成：发送 { $sent }，收到 { $received }

## 同步的结果和错误

sync-receipt-seq = 本人第 { $seq } 号记录为止，{ $at } 签发
sync-progress = 正在同步：已发 { $sent }，待发 { $to_send }；已收 { $received }，待收 { $to_receive }
sync-failed = { $at } 同步未成：{ $why } { $seconds } 秒后自动重试；记录都在本机。
sync-impossible = 无法同步：{ $why }
sync-standing-pending = 管理员尚未批准本机。
sync-standing-frozen = 服务器已冻结本机的密钥：出现了两份不同的记录。请联系管理员重新加入。
sync-standing-revoked = 管理员已停用本机：新记录仍存本机，服务器另行留存。
sync-server-came-back = 服务器曾回退，本机已把缺少的记录补发，并已登记为事件。
sync-laptop-came-back = 本机曾退回到较早的状态，自己的记录已从服务器取回。下次解锁时更换密钥。
sync-attachments-kept = 服务器暂不再接收附件：已达当日或本单位的上限，或服务器磁盘将满。附件留在本机，以后同步时再发送；记录已全部送达。持续如此请告知管理员。
sync-set-aside = 第 { $seq } 号记录被服务器搁置：{ $why }。请联系管理员。
