/** What people say for values of enums in many trades: meters, seats, rooms, sports, repairs, countries. Knows words only. */

/** Values, a colon, and other words for each of them. */
export const VALUE_WORDS = `
on: power up, start up, fire up, run, connect, 启用
off: power down, disconnect, unplug, cut, 停了, 停用
quieter: too loud, softer, lower, turn down, 小声, 太吵
louder: too quiet, can't hear, turn up, 大声, 听不见
soft/softly: quiet, quietly, gently, gentle, 轻, 小声
add/plus: plus, increased by, more, on top, with, 加, 加上
subtract/minus: minus, less, take off, off, reduced by, without, 减, 减去
multiply/times: times, multiplied by, 乘, 乘以
divide: divided by, split, 除, 除以
mean/average/avg: average, on average, 平均
stdev/std: standard deviation, spread, 标准差
sum/total: total, altogether, in all, 总和, 合计, 一共
memory/mem/ram: memory, 内存
disk/storage: disk, drive, hard disk, 磁盘, 硬盘, 存储
cpu: processor, 处理器
latency: delay, lag, response time, 延迟, 时延
temperature/temp: how warm, how cold, fever, 温度, 体温, 炉温, 气温, 烧到, 发烧
humidity: how damp, 湿度
pressure: 压力, 气压
speed: how fast, 速度, 转速
weight: weigh, heavy, 体重, 重量
height: tall, 身高
bp/blood pressure: blood pressure, 血压, 高压, 低压
glucose: blood sugar, sugar, 血糖
wind: windy, how windy, 风, 刮风
uv: sunburn, 紫外线
price: cost, how much, 价, 价格, 多少钱, 什么价, 股价
change: 涨幅, 涨跌, 涨了, 跌了
volume: turnover, 成交量
power/electricity: electric, 电, 电费, 电表
water: 水, 水费, 水表
gas: 气, 燃气, 煤气, 气费, 气表
second/second class: 二等, 二等座
first/first class: 一等, 一等座
sleeper/berth: sleeping car, couchette, 卧铺, 软卧, 硬卧
van/minivan/mpv: large, big, minibus, people carrier, 面包车, 商务车, 七座
sedan/car: saloon, 轿车, 小轿车
suv: off roader, four wheel drive, 4x4, 越野, 越野车
compact/small car: small, 小型, 小型车, 紧凑
bus/coach/minibus: 中巴, 大巴, 客车
camper/campervan: camper, motorhome, 房车
motorbike/motorcycle: motorbike, motorcycle, moped, scooter, 摩托
standard/normal/regular/basic: normal, ordinary, plain, usual, simple, 普通, 普通洗, 标准, 简单
premium/deluxe/luxury: the good stuff, the best, top, finest, 高级, 豪华, 精, 精洗
king/queen: double bed, 大床, 大床房
twin: two beds, twin beds, 双床, 标间, 双人标间
suite: 套房
family: 家庭房, 亲子
private/private room: 包间, 包厢, 单间
hall: 大厅, 大堂, 散座
tennis: 网球
badminton: 羽毛球
basketball: 篮球
football/soccer: 足球
table tennis/ping pong: 乒乓球
swim/swimming: 游泳
run/running: jog, jogging, ran, 跑, 跑步, 慢跑, 户外跑
walk/walking: stroll, with the pram, 散步, 走
yoga: 瑜伽
free/freestyle: freestyle, crawl, 自由泳
breast/breaststroke: breaststroke, 蛙泳
back/backstroke: backstroke, 仰泳
fly/butterfly: butterfly, 蝶泳
both: high and low, 一起, 都, 两样, 全套
once/one off/one time: just now, one off, this time, only this time, 这一次, 单次
full/complete/whole: everything, all of it, complete, whole, entire, 完整, 全部, 全程, 全套, 全糖
half: 半程, 半糖, 五分
brief/short: briefly, in brief, one line, keep it quick, just a word, in short, 简短, 简单说
detailed/detail/long: in detail, everything, thorough, at length, 详细
incremental: changes only, 增量
error/errors: failed, 错误, 报错
warn/warning: caution, only a word, 警告
blocker/blocking: blocks, 致命, 阻塞
critical: highest, life threatening, 致命, 会出人命, 最严重
major/serious/severe: bad, 严重, 重大
minor/slight/trivial: tiny, small, cosmetic, 轻微, 小事, 小问题
resolved/fixed/closed: solved, sorted, 解决, 修好
missing/lost: lost, gone, can't find, disappeared, 丢, 丢了, 不见了, 找不到, 补办
found: picked up, 捡到, 拾到
blocked: stuck, obstructed, jammed, 堵, 堵了, 挡, 被挡
leak/leaking: drips, dripping, 漏, 漏水, 渗水
ok/fine/good: all good, nothing wrong, 没毛病, 没问题, 完好
new: unopened, unused, brand new, 全新, 没拆封, 新办
renew/renewal/extend: expired, expires, 换证, 过期, 续, 续期
exchange: swap, 换货, 换
return/refund: send back, money back, 退, 退货, 退款
worn/used: 旧, 旧的
sale: sell, buy, 卖, 出售, 二手房
rent/rental/lease: let, to let, 租, 出租
elective/optional: 选修
required/compulsory/mandatory: 必修, 必须
read/readonly/view: read only, just look, 只读, 看看就行, 只看
write/edit: change, 编辑, 修改
am: in the morning, 上午, 早上, 早晨
pm: in the afternoon, in the evening, 下午, 午后, 晚上
lunch: midday, noon, 中午, 晌午, 午餐
dinner/supper: 晚餐, 晚上吃
noon/midday: 中午
boy/son: boy, son, 男, 男宝, 男孩, 男婴, 儿子
girl/daughter: girl, daughter, 女, 女宝, 女孩, 女婴, 女儿
male: men's, gentleman, 男的, 男生, 男士
female: women's, lady, 女的, 女生, 女士
nails/manicure: nails, claws, 指甲, 修甲, 美甲
haircut/cut: trim, 剪发, 理发, 剃头, 剪头发, 理个发
wash: clean, 洗, 洗头, 清洗
dye/color: 染, 染发
perm: 烫, 烫发
bath/bathing: 洗澡, 洗香香
cleaning: clean, 保洁, 打扫, 擦玻璃, 拖地
cooking: cook, 做饭, 烧饭
babysitting/childcare/nanny: sitter, 带孩子, 看孩子, 保姆
eldercare: carer, nurse, 护工, 照顾老人, 陪护
repair/fix: mend, broken, 修, 维修, 坏了
angry/mad: furious, cross, 生气, 火大, 气死
anxious/worried/nervous: worry, worried, 担心, 焦虑, 紧张
calm: peaceful, relaxed, 平静, 沉稳
excited: thrilled, 激动, 高亢
sad: 想哭, 难受
tired: worn out, 疲惫
romantic: candles, candlelight, 浪漫
spicy/hot: chilli, 辣
sweet: 甜
sour: 酸
light/mild/plain: 清淡, 不油腻, 清爽
rice: 米饭, 煮饭, 饭
porridge/congee: 粥
soup: 汤
front: in front, 前排, 靠前, 最前
back/rear: at the back, 后排, 最后一排, 靠后
upper/top: top bunk, upstairs, 上铺, 二楼
lower/bottom: bottom one, 下铺
driver: 主驾, 司机, 驾驶
passenger: 副驾, 副驾驶
circle/circular: circular, circling, in circles, around, 绕圈
thermal/infrared: infrared, heat, 热成像, 红外
above: greater than, higher than, over, 大于
below: smaller than, 小于
online/remote: on the internet, 线上, 网上, 远程, 网购
onsite/in person/offline: in person, on site, face to face, 现场, 当面, 线下
office: 所里, 到所, 律所, 办公室
video: video call, 视频, 连线, 视讯
mobile/cell/cellphone: cell phone, mobile phone, cell, 手机, 移动电话
landline/home phone: fixed line, 座机, 固定电话
pickup/collect: pick up, collect, 自取, 自提, 上门取
deliver/delivery: bring, 送, 送货, 配送, 送到家, 外送
dine in: eat in, here, 堂食, 到店吃, 自己过来吃
takeaway/take out/to go: take away, to go, 打包, 外带
sender: 寄方, 寄付
receiver/recipient: 对方, 收方, 到付
earn/income: earned, 进账, 收入, 入账
spend/expense: spent, paid, 花, 支出
bw/black and white/mono: black and white, no color, no colour, 黑白, 别用彩色
color/colour: in color, in colour, 彩色, 彩印
colorful: many colours, 五颜六色, 彩色
staple/stapled: stapled, 钉, 订书钉
wood/wooden: oak, pine, 木, 木头, 实木, 木框
metal: steel, iron, 金属, 铁
stone: granite, marble, 石, 石材, 石头
brass: copper, 铜
acrylic/plastic: perspex, plexiglas, 亚克力, 有机玻璃
1y/1 year/one year: one year, 一年
3y/3 years: three years, 三年
6m/6 months/half year: six months, half a year, 半年, 半年期
3m/3 months: three months, 三个月
tomorrow: 明天
everyday/every day/daily: every day, 天天, 每天
weekend: 休息日, 周末
jin: 斤
kg: 公斤, kilos, kilo
box: 箱, 盒
bag: 袋
hk: hong kong, 港股, 香港
us/usa: american, united states, america, states, 美国, 美股
cn/china: chinese, 中国
jp/japan: japanese, 日本
de/germany: german, 德国
fr/france: french, 法国
uk/gb/britain: british, britain, england, united kingdom, 英国
it/italy: italian, 意大利
es/spain: spanish, 西班牙
ep/eu: european, europe, 欧洲, 欧盟
nl: dutch, netherlands, 荷兰
taiwan: 台湾, 赴台
hk macau: 港澳, 香港澳门
mandarin: 普通话
cantonese: 粤语, 白话, 广东话
japanese: 日本话
cat: tomcat, 猫咪
bird: canary, parrot, budgie, 鸟, 鹦鹉
solar/to solar: 公历, 阳历
lunar/to lunar: 农历, 阴历
world/international: abroad, foreign, 国外, 国际, 天下
local: 本地, 当地
finance/business: money, markets, 财经, 金融
tech/technology: 科技
sports: 体育
drip: 滴灌
spray: sprinkle, 喷灌, 喷
flood: 漫灌, 大水漫
defrost: thaw, frozen, 解冻
fan: 送风, 吹风
quick/express: fast, 快洗, 快点, 快的
fewer transfers/less transfer: fewer changes, 少换乘, 少倒车, 换乘少, 别老换
less: 少, 少冰, 少糖
none: 去冰, 不加糖, 无糖, 不加, without any
normal: 正常糖, 标准糖, 正常冰
duplex/double sided/two sided: both sides, two-sided, double-sided, front and back, 双面
simplex/single sided/one sided: one side, single-sided, one-sided, 单面
overdue/late: past due, should have been, not on time, 逾期, 过期, 迟
production/live: prod, in prod, live, 生产, 线上环境
prod: production, live, 生产
staging/test: test system, 测试
dev/development: 开发
night/overnight: graveyard, 夜班, 晚班, 夜里
early/morning: 早班, 上午
away: left the house, going out, gone out, nobody home, nobody is home, nobody's home, leaving, all out, 外出, 离家, 出门
home: at home, back home, staying in, 在家, 回家
wrong item/wrong goods/wrong product: instead of, different one, not what i ordered, something else, 发错
too small/small: too tight, pinch, pinches, won't fit over, 太小, 小了, 挤脚, 紧
too large/too big/large: too wide, too loose, too long, 太大, 大了, 松
changed mind/not wanted/not needed/unwanted: changed my mind, don't want, no longer need, don't need, 不想要, 不要了
not liked/dislike: don't like, ugly, 不喜欢
defective/faulty/broken: doesn't work, does not work, stopped working, won't turn on, not working, 坏了, 不能用, 质量
incomplete/missing parts/partial: missing, half, not all, short, 少了, 缺
expired: past its date, out of date, 过期
illness/sick/sickness/ill: sick, ill, fever, flu, bug, cold, unwell, vomiting, under the weather, 生病, 病了, 发烧, 感冒, 不舒服
vegan: animal products, without animal, plant based, plant-based, 纯素
vacation/annual/holiday/annual leave: holiday, time off, days off, 年假, 休假
straight line/linear: evenly, 直线
charge/charging: fill up, store, 充电, 充
discharge: feed in, into the grid, deliver, 放电, 放
first/1st: 第一
second/2nd: 第二
final/last: final notice, last notice, 最后
workdays/workday/working days/weekdays/weekday: monday to friday, monday through friday, mon to fri, mon-fri, on weekdays, every weekday, working day, working days, work days, on work days, on workdays, 工作日, 工作日每天, 周一到周五, 周一至周五
aisle: on the aisle, 过道
window: by the window, 靠窗
severe/heavy/strong: badly, very bad, really bad, serious, 严重, 厉害, 重
moderate/medium: somewhat, 中等, 一般
mild/light/weak: a little, a bit, slightly, 轻微, 有点, 轻
reject/rejected/decline/deny: turn down, turn it down, refuse, 驳回, 拒绝
approve/approved/accept: okay, go ahead, green light, 批准, 同意
minibar: little fridge, small fridge, 小冰箱, 迷你吧
spo2/oxygen saturation: oxygen, saturation, 血氧
pulse/heart rate: heart rate, heartbeat, beats, 心率, 脉搏, 心跳
jumping: over fences, over jumps, 跳障碍
dressage: 盛装舞步
grass: lawn, 草, 草地
hard: concrete, 硬地
clay: red clay, 红土
cash: in cash, 现金
card/credit card: by card, with my card, 刷卡, 信用卡
transfer/bank transfer/wire: bank transfer, 转账
invoice: on account, 发票
courier: 快递
economy: cheapest class, 经济舱
business/business class: 商务舱, 公务舱
first class: 头等舱
phone/call: by phone, ring, call, 打电话, 电话
email/mail: by mail, write, 邮件
sms/text: text message, by text, 短信
dock/return/return home/go home/charge/recharge: charging station, to its dock, back home, send back, 回去充电, 回充, 回基站, 回充电座
fan only/fan/ventilation: blow air, blow some air, just air, move the air, move air, circulate, 只送风, 吹吹风
reset/clear: back to zero, start over, from zero, 归零, 清零, 从头
from airport/arrival/arrivals: lands, landing, arrives, touches down, 落地, 接机
to airport/departures: takes off, flies out, 送机
air/air freight/plane: by air, flying, fly, by plane, airfreight, 空运, 飞机
sea/sea freight/ship/boat: by sea, by ship, by boat, shipping, 海运, 船运
road/truck: by road, by truck, by lorry, 陆运, 卡车
rail/train: by rail, by train, 铁路
view/viewer/read/read only: mustn't change, can't change, may not change, shouldn't change, without changing, 不能改, 不许改
half/half open/half closed: halfway, half way, half-way, midway, 一半, 半开
o : o negative, o neg, o minus, o阴性
o+: o positive, o pos, o plus, o阳性
a : a negative, a neg, a minus
a+: a positive, a pos, a plus
b : b negative, b neg, b minus
b+: b positive, b pos, b plus
ab : ab negative, ab neg, ab minus
ab+: ab positive, ab pos, ab plus
ha: hydrogen alpha, h alpha, hydrogen-alpha
missing/lost: nobody can find, nowhere to be found, vanished, 找不着
flicker/flickering: blinks, blinking, on and off, 一闪一闪, 闪烁, 忽明忽暗
inner/inside: 里面, 里面那根, 内侧
outer/outside: 外面, 外面那根, 外侧
out/exit only: only out, 只出不进, 只出
in/entry only: only in, 只进不出, 只进
scroll: 立轴, 卷轴, 轴
am/morning: this morning, 今早, 今天早上
pm/afternoon/evening: this afternoon, this evening, 今天下午
fasting/before meal/before breakfast: empty stomach, before eating, without eating, 空腹, 没吃饭, 没吃早饭, 饭前, 餐前
after meal/after eating: after breakfast, after lunch, after dinner, after eating, 饭后, 餐后, 吃完饭
screwcap/screw cap: screw top, screw tops, twist off
cheap/budget/inexpensive: nothing pricey, not pricey, nothing fancy, not too expensive, affordable
armed away/arm away: leaving, going away, nobody home, nobody's home, off to
today: since midnight, so far today
vegan: nothing from animals, no animal products
ne: north-east, northeast, north east, north-eastern, 东北
nw: north-west, northwest, north west, north-western, 西北
se: south-east, southeast, south east, south-eastern, 东南
sw: south-west, southwest, south west, south-western, 西南
n: north, northern, north-facing, 北
s: south, southern, south-facing, 南
e: east, eastern, east-facing, 东
w: west, western, west-facing, 西
stern: aft, at the back, 船尾
bow: fore, forward, at the front, 船头
both: fore and aft, front and back, left and right
quiet: noise down, without a racket, hushed
intensive: toughest, thorough, hardest, heaviest, caked
uhd/4k/超清: ultra high definition, 4k, 超清
major/large: huge, massive, gigantic, enormous
重/严重: 挺严重, 很严重, 好严重, 相当严重
浓煎/浓: 浓一点, 浓些
under treatment/in treatment: being worked on, being treated, 治疗中, 修复中
ready for pickup/ready: come and fetch, come and get, can be collected, can be fetched, is done, 可以来取
cit: 企业所得税, corporate income tax, corporation tax
vat: 增值税, value added tax, sales tax
iit/pit: 个税, 个人所得税, personal income tax
coag/coagulation: clotting, 凝血
occlusal: chewing surface, 咬合面
vegetation: tree, trees, branch, branches, bush, bushes
overdue: should have been done, past due, 逾期, 过期
grid charge: from the mains, from the grid
`;
