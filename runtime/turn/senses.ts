/**
 * Words that ask for the same thing, in English and Chinese: what a request says and what a tool is called seldom are
 * the same word. `sense: words and "phrases" | Chinese words`; a word may stand in several lines, endings do not matter.
 */
const SENSES = `
weather: weather forecast rain raining rainy snow snowing sunny sunshine cloudy cloud windy storm thunderstorm umbrella climate meteo raincoat "how hot" "how cold" "how warm" "is it cold" "is it hot" "is it warm" "degrees outside" "what should i wear" "need a jacket" outside "like outside" "what's it like" "raining outside" "need a coat" sunglasses | 天气 下雨 下雪 预报 气温 刮风 晴天 带伞 多云 "多少度"
temperature: temperature degrees celsius fahrenheit warm warmer cold colder hot heat heating cool thermostat climate radiator freezing chilly "too hot" "too warm" "too cold" "i'm cold" ac "air conditioner" "air conditioning" | 温度 加热 度 暖气 恒温 升温 降温 制冷 空调 太冷 太热 有点热 有点冷
light: light lamp bulb lantern floodlight chandelier spotlight brightness bright dim dark illuminate lighting led "too dark" | 灯 亮 暗 照明 灯笼 光
power_on: activate enable "turn on" "switch on" "put on" "power on" "light up" start | 打开 开启 启动 点亮 开一下
power_off: deactivate disable "turn off" "switch off" "shut off" "shut down" "power off" off stop kill | 关掉 关闭 关上 停用 关了 熄
switch: switch toggle turn flip "turn on" "turn off" "switch on" "switch off" off device appliance plug socket control | 开关 打开 关闭 关掉 关上 设备 插座
timer: timer countdown "count down" stopwatch minutes seconds hours "let me know when" "on the clock" boil cook | 计时 倒计时 定时 分钟后 秒表
alarm: alarm wake "wake me" "get up" awake "wake-up" morning | 闹钟 叫我 叫醒 起床
reminder: remind reminder nudge "don't let me forget" "don't forget" forget memo "poke me" remember | 提醒 别忘 记得 忘
calendar: calendar appointment event schedule agenda meeting diary planner date plans "what's on" "what do i have" entry invite birthday planned "on my agenda" "am i free" "book me in" | 日历 日程 安排 会议 约会 预约 活动 事件
note: note notes notebook "write down" jot record remember memo "make a note" notepad "keep in mind" save | 笔记 记一下 记下 备忘 记录 便签
todo: todo task to-do chore checklist "have to" errand | 待办 任务 事项
shopping: shopping groceries grocery buy cart basket supermarket "we need" "out of" "run out" | 购物 买 清单 超市 采购 买菜
message: message text sms tell write send contact whatsapp chat dm notify inform "let know" "drop a line" drop word slack channel "let * know" ping | 消息 短信 告诉 发给 转告 通知 微信 发消息
email: email mail e-mail inbox letter write subject send compose | 邮件 邮箱 电邮 写信
call: call phone dial ring telephone "give a call" | 打电话 电话 拨打 呼叫 通话
contact: contact person phonebook "address book" who number people | 联系人 通讯录 号码
music: music song play track tune album artist playlist listen hear band jukebox melody spotify "put on some" "some music" genre | 音乐 歌 播放 听 放一首 曲 专辑 来一首 唱 歌曲 音乐
volume: volume loud louder quiet quieter sound noise mute silence audio percent "turn it up" "turn it down" crank decibel | 音量 声音 静音 大声 小声
media: pause resume skip next previous stop player playback movie film video watch tv television channel | 暂停 继续 下一首 上一首 电影 视频 电视 频道
translate: translate translation language "how do you say" "in french" "in german" "in spanish" say english french german spanish italian chinese japanese | 翻译 怎么说 译成 英语 法语 德语 语 用语
calculate: calculate calculator compute math arithmetic sum plus minus times divided multiply expression equation solve "how much is" "what is" "work out" evaluate formula number result percent of root | 计算 算 等于 加 减 乘 除 多少 算式
convert: convert conversion unit units measure measurement kilometers miles meters feet inches pounds kilograms kg km ounces liters gallons pints cups grams mb gb tb kb byte bytes megabytes gigabytes kcal kj joules watts knots mph kmh celsius fahrenheit kelvin degrees inch foot yards hectares acres stone tons tonnes bar psi into "how many" | 换算 单位 转换 公里 英里 公斤 磅 米 英尺 升 是多少
currency: currency money exchange rate dollars dollar euros euro pounds yen yuan francs usd eur gbp convert change | 货币 汇率 美元 欧元 英镑 日元 人民币 兑换 换成
time: time clock hour "what time" date today weekday now late timezone "how late" day | 时间 几点 现在 日期 今天 星期几 时区 当前
search: search google find "look up" "look for" web internet online query information browse lookup about research "find out" browse | 搜索 查找 搜 上网 网上 查 查询 找
news: news headline headlines latest press article report happening "what's new" newspaper | 新闻 头条 消息 资讯
stock: stock share shares price quote ticker market company nasdaq equity worth trading trading "trading at" portfolio nyse | 股票 股价 股市 行情 多少钱一股 多少钱 股
crypto: crypto bitcoin ethereum coin btc eth token | 加密 比特币 以太坊
parcel: parcel package track tracking shipment delivery delivered shipping courier order arrive arrived post box | 包裹 快递 物流 运单 到哪 单号 送达
restaurant: restaurant table dinner lunch eat dine reservation reserve guests bistro seat meal food "book a table" | 餐厅 饭店 餐馆 订座 订位 吃饭 桌 位 餐桌
food_order: order pizza burger deliver takeaway food hungry meal dish lunch sushi | 外卖 点餐 点 饿 叫餐 份 饿了
taxi: taxi cab ride uber pickup driver lift "pick me up" hail | 出租车 打车 叫车 的士 网约车 叫车 叫辆车 打车去
navigate: navigate navigation directions route way map drive walk "how do i get" "take me to" path destination location guide | 导航 路线 怎么去 怎么走 地图 前往 带我去
traffic: traffic jam congestion road highway | 交通 堵车 路况
transit: bus train metro subway tram timetable departure station stop line connection | 公交 火车 地铁 班车 车站 高铁 时刻 高铁 火车票 车票 动车
flight: flight fly plane airline airport ticket departure boarding seat | 航班 机票 飞机 飞 机场
hotel: hotel room stay night accommodation hostel "place to stay" book check-in | 酒店 宾馆 住宿 旅馆 住 入住 订房 房间
car: car vehicle drive auto charge fuel park parking tank tesla ev | 车 汽车 停车 加油 充电
parking: parking park garage lot space spot | 停车 车位 车库
define: define definition meaning mean means dictionary word explain term vocabulary | 意思 定义 词典 词义 含义 解释 字典 单词
summarize: summarize summary sum shorten condense gist tldr short digest brief | 总结 摘要 概括 缩短
file: file document folder read open path txt pdf content contents directory show print text inside "what's inside" "what is inside" listing | 文件 文档 打开 读取 内容 文件夹 查看
write_file: write save create file append store | 写入 保存 写文件
delete: delete remove erase drop clear cancel "get rid of" discard trash bin | 删除 删掉 移除 清除 去掉
create: create add new make set register enter insert put record | 创建 添加 新建 增加 加 新增
list: list show all display overview which view see | 列出 显示 列表 所有 全部 有哪些
update: update change edit modify adjust set rename alter | 更新 修改 改 调整 设为
cancel: cancel abort "call off" undo stop revoke | 取消 撤销
book: book reserve reservation booking secure slot seat appointment ticket "i'd like" sign | 预订 订 预约 预定
buy: buy order purchase pay shop get acquire | 买 购买 订购 下单
pay: pay payment send transfer money bank bill transaction wire owe | 付款 支付 转账 汇款 付
balance: balance account bank money "how much money" | 余额 账户 银行
expense: expense spent spending cost budget log euros dollars receipt | 支出 花费 花了 记账 预算 开销 花了 支出 记一笔
invoice: invoice bill charge customer client | 发票 账单 开票
lock: lock unlock door bolt latch secure key locked gate entrance | 锁 开锁 解锁 门 上锁
door: door gate entrance window garage hatch barrier open close shut | 门 窗 大门 车库
blinds: blind blinds curtain curtains shutter shade roller window | 窗帘 百叶窗 卷帘
vacuum: vacuum vacuuming robot hoover clean cleaner cleaning floor sweep dust roomba | 扫地 吸尘 打扫 清洁 机器人 扫一下 扫地机 拖地
wash: wash washing laundry washer dishwasher clothes | 洗衣 洗碗 清洗
oven: oven bake preheat stove cook kitchen fire furnace | 烤箱 预热 烤
coffee: coffee espresso cappuccino brew cup mug latte tea | 咖啡 泡 杯 茶
water: water watering irrigate irrigation sprinkler garden plant plants lawn thirsty dry flowers | 浇水 灌溉 浇 花园 植物 草坪
camera: camera picture photo snapshot see image shot view video | 摄像头 照片 拍照 监控 画面
security: alarm arm disarm security burglar guard | 警报 布防 撤防 安防
energy: energy electricity power consumption usage kilowatt watt output generate produce | 电 能耗 用电 发电 功率
pet: pet dog cat feed food animal walk vet puppy kitten | 宠物 狗 猫 喂
weight: weight weigh kilos body | 体重 称重
workout: workout exercise run running training gym sport jog steps fitness | 锻炼 运动 跑步 健身 步数
sleep: sleep slept bed night nap | 睡眠 睡 睡觉
health: health doctor medical symptom pain clinic hospital blood pressure heart pulse | 健康 医生 医院 症状 血压 心率
medicine: medicine medication pill pills tablet dose drug prescription | 药 吃药 服药 药物
recipe: recipe cook dish ingredients bake meal "how do i make" "how to make" "how do i cook" "how to cook" ingredients | 菜谱 食谱 做法 怎么做 做菜
movie: movie film cinema watch showing actor | 电影 影院 影片
book_read: book read novel author library title | 书 阅读 小说 图书
game: game score match team play player goal | 比赛 比分 得分 球队 游戏
ticket: ticket seat event concert show admission pass | 票 门票 演出
weather_air: air quality pollution smog pollen | 空气 污染 雾霾
sun: sunrise sunset sun dawn dusk | 日出 日落
moon: moon lunar phase star stars planet telescope sky | 月亮 月相 星星 天文
joke: joke funny laugh pun humor | 笑话 搞笑 好笑
random: random dice roll coin flip number lottery | 随机 骰子 硬币 抽签
quiz: quiz trivia question pub | 测验 问答
server: server host machine cpu load memory uptime status system | 服务器 主机 系统 负载
service: service restart reboot process daemon container | 服务 重启 进程
log: log logs journal error errors output | 日志 错误
deploy: deploy release ship rollout production staging build | 部署 发布 上线
ticket_issue: issue ticket bug problem report defect support complaint | 问题 工单 缺陷 故障 报修
code: code git branch commit repository repo pull merge test tests run github gitlab "pull request" pr commits branches merge fork | 代码 分支 提交 仓库 测试
database: database table query rows sql records columns column schema sqlite postgres mysql query | 数据库 表 查询 记录
customer: customer client lead crm account | 客户 顾客
employee: employee colleague staff worker person team | 员工 同事 团队
leave: leave vacation holiday absence "day off" "time off" sick | 请假 休假 假期
shift: shift duty roster swap | 班次 值班 换班
salary: salary pay wage payroll | 工资 薪水
password: password passcode secret login credential | 密码 口令
qr: qr code barcode | 二维码 条码
url: url link website page site shorten web | 网址 链接 网页 网站
ping: ping reachable network host latency dns ip | 网络 延迟
wifi: wifi wi-fi wireless internet network hotspot | 无线 网络 wifi
battery: battery charge power low charging | 电池 电量 充电
screenshot: screenshot screen capture display | 截图 截屏 屏幕
print: print printer paper printout | 打印
scan: scan scanner digitize | 扫描
download: download save fetch get | 下载
upload: upload send share | 上传
backup: backup restore copy | 备份 恢复
rename: rename move copy name | 重命名 移动 复制
social: post tweet share facebook instagram twitter follow | 发布 分享 朋友圈 微博
block: block ban mute spam | 屏蔽 拉黑
insurance: insurance claim policy cover damage | 保险 理赔
tax: tax taxes vat irs duty | 税 税务
loan: loan mortgage interest credit rate | 贷款 利息 房贷
visa: visa passport embassy permit application | 签证 护照 许可
permit: permit license licence permission | 许可证 执照
vote: vote ballot election poll choose | 投票 选举
donate: donate donation charity | 捐款 捐赠
school: school class student teacher lesson course homework exam grade | 学校 课程 学生 老师 考试 作业
library: library borrow lend renew return loan | 图书馆 借 续借 还书
hair: hair haircut barber hairdresser salon | 理发 美发 剪发
dentist: dentist tooth teeth dental | 牙医 牙
massage: massage spa sauna wellness | 按摩 桑拿 水疗
plumber: plumber pipe leak repair electrician handyman fix broken | 水管 维修 修理 电工
clean_service: cleaner cleaning maid housekeeping | 保洁 清洁
babysit: babysitter nanny childcare child kids | 保姆 孩子
elevator: elevator lift floor level | 电梯 楼
tool_rent: rent rental hire borrow lease | 租 租赁 租用
storage: storage store warehouse stock inventory shelf cellar | 仓库 库存 存放
machine: machine start run device pump motor engine | 机器 运行 启动 泵
measure: measure sensor level reading how check inspect humidity moisture | 测量 检测 传感器 湿度
speed: speed tempo rpm bpm fast slow rate | 速度 转速 节奏
percent: percent percentage level % | 百分 百分之
position: position location where place find locate gps | 位置 在哪 哪里 定位
status: status state check progress condition "how is" ready approved done | 状态 情况 进度 怎么样
start: start begin launch run open go fire | 开始 启动 运行
stop: stop end halt quit finish | 停止 结束 停
send: send forward deliver pass mail share write | 发送 寄 发
return_item: return refund "send back" "money back" exchange | 退货 退款 退
review: review rate rating stars opinion feedback | 评价 评分 打分
coupon: coupon voucher discount code promo | 优惠 折扣 券
gift: gift present birthday wish | 礼物 生日 送
plant: plant plants flower tree garden grow seed "watering can" | 植物 花 树 种
farm: field harvest crop farm tractor soil | 农 田 收成 土壤
boat: boat ship yacht harbor harbour sail ferry port | 船 港 帆 渡轮
sport: court tennis squash golf swim swimming lane pool hall | 球场 网球 游泳 泳道 泳池
ski: ski skiing lift snow slope | 滑雪 缆车
tour: tour trip travel journey excursion guide sightseeing | 旅行 旅游 行程 游览
party: party wedding celebration guests invite invitation | 聚会 婚礼 宾客 邀请
art: art museum gallery paint painting exhibition | 艺术 博物馆 画 展览
theater: theater theatre stage opera play show | 剧院 舞台 戏
emergency: emergency help ambulance police fire accident danger | 紧急 救护 报警 火警
distance: distance far kilometers miles away | 距离 多远
fuel: fuel gas petrol diesel gasoline | 燃料 汽油 油价 柴油
horoscope: horoscope zodiac star sign | 星座 运势
lyrics: lyrics text song words | 歌词
dance: dance choreography rehearsal ballet | 舞 排练
color: color colour red green blue | 颜色 红 绿 蓝
scene: scene mode mood movie party night | 场景 模式
fan: fan ventilator ventilation air | 风扇 通风
humid: humidifier dehumidifier humidity | 加湿 除湿
garage: garage door car | 车库
trash: trash garbage rubbish waste recycling bin | 垃圾 回收
mail_box: mailbox post mail letter | 信箱 邮局
bank_card: card credit debit block freeze stolen lost | 银行卡 信用卡 冻结 卡
lost: lost missing found stolen | 丢 失物 遗失 找不到
meeting_room: room meeting conference office book | 会议室 办公室
visitor: visitor guest register badge | 访客 来访
cluster: cluster kubernetes k8s pod pods deployment deployments replicas replica node nodes container containers namespace scale | 集群 容器 副本
webpage: page webpage crawl scrape | 网页
issue: issue issues ticket tickets bug assign | 工单
firewall: firewall block ban ip allow | 防火墙 封禁
chat_reaction: react reaction emoji | 表情
meal: meal breakfast lunch dinner snack calories ate eaten food diet | 早餐 午餐 晚餐 卡路里
mood: mood feel feeling diary stressed happy sad | 心情 日记
desk: desk workplace seat sit office | 工位 座位
bike: bike bicycle cycling scooter | 自行车 单车
tide: tide tides high low harbor | 潮
telescope: telescope point slew exposure | 望远镜
disk: disk space storage free drive | 磁盘 空间
alert: alert alerts monitoring silence mute pager | 告警 警报
newsletter: newsletter subscribe subscription unsubscribe | 订阅 退订
`;

/** Which senses words, phrases and Chinese words have. */
export interface Senses {
  /** By word, without its ending. */
  readonly words: ReadonlyMap<string, readonly string[]>;
  /** Several words in a row, or Chinese: looked for anywhere. */
  readonly phrases: readonly (readonly [phrase: string, sense: string])[];
}

let read: Senses | undefined;

/** The table above; read when it is first needed. @param stem How words lose their endings. */
export function senses(stem: (word: string) => string): Senses {
  read ??= parse(stem);
  return read;
}

function parse(stem: (word: string) => string): Senses {
  const words = new Map<string, string[]>();
  const phrases: [string, string][] = [];
  for (const line of SENSES.trim().split("\n")) {
    const [sense = "", ...rest] = line.split(": ");
    const [english = "", chinese = ""] = rest.join(": ").split(" | ");
    for (const [whole, phrase] of english.matchAll(/"([^"]+)"|\S+/g)) {
      if (phrase === undefined) words.set(stem(whole), [...(words.get(stem(whole)) ?? []), sense]);
      else phrases.push([` ${phrase} `, sense]);
    }
    for (const word of chinese.split(" ").filter((one) => one !== "")) phrases.push([word, sense]);
  }
  return { words, phrases };
}
