/** Words that carry no value of their own: what leads to a value, what asks, what is polite. Knows two languages. */

const set = (words: string): ReadonlySet<string> => new Set(words.trim().split(/\s+/u));

/** Before a value, and seldom its first or last word. */
export const LEADS = set(`
  's
  a an the my our your his her their this that some any to at in on of for from by with and or into onto about as is are
  was were be before after while because than then via within inside under over between until till towards near saying says say called titled named
  entitled labelled please me us it its so but if whether there over
  把 将 的 了 吗 呢 吧 啊 呀 给 是 在 到 去 跟 和 从 由 用 成 为 向 往 让 叫 帮 请 有 一下 说 要 想 就 也 都 得 地 之 里 上 被 唱的
`);

/** Prepositions: in a short value a rare thing. */
export const JOINTS = set(`
  to at in on for from with by into via saying says called titled named that within until till and about does do did has have had is are was a an
  的 到 在 从 给 把 将 去 用 成 为 跟 和 了 说 是 有 太 很 有点 好 不 没 没有 现在 会
`);

const PLAIN = set(`
  's
  a an the my our your his her their this that these those some any to at in on of for from by with and or into onto about as
  i i'm i'd i've i'll im me we we're we'd us you he she they them it it's its is are was were be been am do does did don't didn't
  can can't could would will won't should shall may might must have has had let let's lets get got give go going put make
  please pls plz thx ty cheers thanks thank kindly maybe just u ur online internet getting hey hi hello ok okay yes no not now right just also too again there here then than so
  what what's whats where where's when when's who who's which how how's why whether if
  want need like wanna gonna help tell show check find see know look looking up out over off down
  quieter louder warmer colder cooler brighter darker dimmer higher lower faster slower bigger smaller last next showing playing
  landing arriving available visible
  wants needs wanted needed
  sure moment today's currently current exactly actually really mean maybe quickly quick
  much many long far more most bit little one ones something someone anything everything thing things stuff
  trading doing going worth looking like costing cost left arrived running
  all both each every only
  我 我的 我们 你 您 他 她 它 请 请问 麻烦 帮 帮我 帮忙 帮我查 一下 一个 个 想 要 需要 想要 知道 告诉 能 可以 能不能 可不可以 会 有 没有 有没有
  吗 呢 吧 啊 呀 了 的 地 得 把 将 给 是 在 到 去 跟 和 从 由 用 成 为 向 往 让 叫 就 也 都 还 又 再 太 很 有点 点 些 一些 现在
  什么 怎么 怎么样 如何 多少 几 几点 哪 哪里 哪儿 为什么 是否 谁 看看 看 查 查查 查一下 看一下 好 好的 谢谢 说 一声 那 这 来 吗？ 今天
  首 一条 一首 一份 一张 查询 看下 待 里 里加 加 新建 关于 时候 怎么走 是多少 换成 等于 一声 时 钱 会不会 能不能 要不要 是不是 旁边 附近 周围 周边 辆 样 完 百分之 百分 之 最新 有关 里面 前 之前 以前 左右 完成
`);

/** What arguments are called in general: alone they say nothing. */
const GENERIC = set(`
  music song songs track artist message text email mail note task item thing place city time date number share shares price volume brightness
  temperature flight parcel package shipment delivery order word phrase language currency amount file folder reminder event appointment entry week month year day hour sum result
  音乐 歌 歌曲 消息 短信 微信 邮件 笔记 任务 东西 地方 时间 日期 号码 价格 股价 音量 亮度 温度 湿度 航班 快递 包裹 单词 语言 文件 提醒 日程 电话
`);

/** What requests begin with. */
const ORDERS = set(`
  accept activate add adjust append archive arm arrange ask assign attach block book boost bring brew buy calculate call cancel
  change charge check clean clear close compose compute connect convert cook copy count crank create deactivate decrease delete deploy describe dim
  disable dim display do download draft drop email enable evaluate execute exit extend fetch file find fire flip forget
  forward freeze generate get give google grab halt hear heat help hide hold hook increase insert invite jot keep kick kill
  kick launch let leave light list listen locate lock log look lower mail make mark measure merge message move mute name
  navigate note notify nudge open order park pause pay phone pick ping place play plan plot post pour power preheat
  prepare print pull push put query raise read rebuild reboot record redo refill refund register reject remind remove rename
  renew rent reopen reply report request reschedule reserve reset resize resolve restart restore resume return review ring roll
  rotate route run save scale scan schedule search secure see send set share ship show shuffle shut silence skip snooze solve
  spin start stop store stream submit subscribe summarize swap switch sync tail take tell test text throw toggle track
  transfer translate trigger turn undo unlock unmute unpause unsubscribe update upload use visit wake warm watch water weigh write
  browse dial cool kill shut crack light power fancy flick charge deliver hail lend swipe tag tune vacuum sweep mop feed walk
  打开 关掉 关闭 关上 关 开 开启 启动 换到 切到 切换到 跳到 播放 放 听 算 计算 加到 加上 加进 放到 放进 写进 记到 存到 有关 来 点 订 买 打 打电话 打个 发个 设个 定个 来个 订个 别 让 忘 别忘 记得 发 发送 发消息 发短信 发微信 记 记录 记下 记住 提醒 叫 设 设置 设定
  设为 设成 调 调到 调高 调低 调成 打扫 扫 清洁 拉上 拉开 合上 翻译 译 换算 导航 搜索 搜 找 取消 删除 添加 增加 加 预订 预约 创建 新建 写 拨 呼叫 通知 告诉 安排 定 帮 想 去 读 停止 暂停
`);

const ASKING = set(`
  what how where when who which why what's how's
  什么 怎么 怎么样 如何 多少 几 几点 哪 哪里 哪儿 吗 为什么 是否
`);
/** What one counts and measures in. */
const MEASURES = set(`
  seconds second secs sec minutes minute mins min hours hour hrs h days day weeks week months years year kg kilograms kilogram kilos grams
  gram g mg pounds lbs km kilometers kilometres miles m meters metres cm centimeters centimetres mm inches feet ml l liters litres
  percent degrees degree celsius fahrenheit calories kcal people persons guests copies replicas units pieces lines
  度 份 张 首 条 件 个 杯 瓶 盒 包 袋 斤 公斤 克 块 元 人 位 分钟 小时 秒 天 台 本 只 公里 米 厘米 辆 间 桌 次 个人 箱
`);

/** Whether a word only says what kind of argument is meant. */
export function isGeneric(bare: string): boolean {
  return GENERIC.has(bare);
}

/** Whether a word asks: no short value has one inside. */
export function isAsking(bare: string): boolean {
  return ASKING.has(bare);
}

/** Whether a word after a number belongs to it. */
export function isMeasure(bare: string): boolean {
  return MEASURES.has(bare);
}

/** Whether a word alone says nothing that an argument could be. */
export function isPlain(bare: string): boolean {
  return PLAIN.has(bare);
}

/** Whether a request may begin with it: then it says what is to be done, and not with what. */
export function isOrder(bare: string): boolean {
  return ORDERS.has(bare);
}

const TITLE = /(?:^|\s)(?:Dr|Mr|Mrs|Ms|St|Prof|Capt|Sgt|Rev|Jr|Sr|No|vs)$/u;

/** Whether a point after this text ends no sentence: "Dr", "St". */
export function endsInTitle(text: string): boolean {
  return TITLE.test(text);
}
