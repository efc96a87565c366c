/** What people say for the values that tools offer most: levels, states, sizes, units, formats, media. Knows words only. */

/** Values, a colon, and other words for each of them. */
export const CHOICE_WORDS = `
off/disabled/disarmed/disarm: switch off, turned off, disarm, shut off, shut down, 关掉, 关了, 关上, 关闭, 关一下, 关, 灭掉, 熄灭, 熄, 撤防
on/enabled: switch on, turned on, 打开, 开启, 点亮, 亮, 亮起来, 开
turn off/switch off: disable, shut off, kill, 关掉, 关了, 关上, 关闭, 关, 熄灭
turn on/switch on: enable, 打开, 开启, 点亮, 开
toggle/switch: flip, 切换, 切一下, 反转
arm/armed: set the alarm, 布防, 设防
open: raise, up, let in, opened, pull up, roll up, 打开, 拉开, 敞开, 营业
close/closed: lower, down, shut, pull down, roll down, 关上, 关好, 拉上, 放下, 合上
above/over/gt/greater than/higher: over, exceeds, more than, rises to, rises above, goes up to, hits, reaches, climbs, 高于, 超过, 涨到, 涨过, 以上, 突破, 升到
below/under/lt/less than/lower: under, less than, drops to, drops below, falls to, falls below, sinks, 低于, 跌到, 跌破, 以下, 降到
asc/ascending/price asc/low to high/cheapest/lowest: cheapest first, lowest first, from low to high, oldest first, 升序, 从低到高, 从小到大, 便宜的排前面, 便宜的在前, 最便宜
desc/descending/price desc/high to low/highest: most expensive first, highest first, newest first, from high to low, 降序, 从高到低, 从大到小, 贵的在前
价格升序/价格从低到高/升序: 便宜的排前面, 便宜的在前, 从便宜到贵, 最便宜, 便宜优先, 从低到高
价格降序/价格从高到低/降序: 贵的排前面, 贵的在前, 最贵, 从贵到便宜, 从高到低
销量/popularity/popular/sales: best selling, most popular, 卖得最好, 卖得好, 热销, 销量高
好评/rating/reviews: best rated, top rated, 评价好, 评分高, 口碑
newest/latest/recent/date: most recent, new, 最新, 最近
oldest: earliest, 最早
relevance/best match: most relevant, 最相关, 综合
distance/nearest: closest, near, 最近, 距离
fastest/最快: quickest, shortest time, 最快, 快一点, 省时间
cheapest/最便宜: lowest price, 最便宜, 最划算
shortest: 最短
none/no/never/无/不重复: no, without, not at all, nothing, 没有, 不用, 不要, 不需要
both/双侧/两侧: both sides, both of them, two, either side, 两边, 两只, 双耳, 两个都, 双
all/any/全部: everything, everyone, every, 全部, 所有, 都
left: left hand, 左边, 左侧, 左手, 左耳, 左眼, 左脚
right: right hand, 右边, 右侧, 右手, 右耳, 右眼, 右脚
middle/center/centre/中间: in the middle, central, 中间, 居中, 中央
过道/aisle: 走廊, 走道, 靠走廊, 靠过道, 通道
靠窗/window: 窗边, 窗户边, 挨着窗, 窗口, window seat
top: upper, 上面, 顶部, 上铺
bottom: lower, 下面, 底部, 下铺
north: northern, 北
south: southern, 南
east: eastern, 东
west: western, 西
inbound/incoming/arrival/arriving/接机: arriving, arrives, coming in, in, entering, incoming, 到达, 进港, 接
outbound/outgoing/departure/departing/送机: leaving, leaves, departs, sailing, going out, out, outgoing, 出发, 离港, 送
home: hosts, 主队, 主场
away: guests, visitors, visiting team, guest team, 客队, 客场
low/最低/轻: lowest, minimum, minimal, slowest, weak, slight, 最小, 低档, 小档, 最低, 小风, 低速, 一档
medium/mid: half power, middle, intermediate, 中档, 二档, 中速, 适中
high/最高: highest, maximum, full power, full blast, strongest, 最大, 最高, 最猛, 高档, 大风, 高速, 三档
max/maximum/turbo/boost/强力/强: full power, full blast, maximum, highest, strongest, boost, powerful, 最大, 最大档, 最强, 最猛, 强力, 强劲, 狂暴
min/minimum: lowest, smallest, least, 最小, 最低
sleep/睡眠: night, bedtime, sleeping, 睡眠, 睡觉, 助眠
eco/节能: energy saving, save energy, economical, 节能, 省电
auto/automatic/自动: automatically, by itself, 自动, 智能
manual/手动: by hand, manually, 手动
urgent/critical/rush/emergency/highest/p0/特急/紧急: urgent, asap, hurry, in a hurry, rush, immediately, right now, at once, emergency, 最紧急, 特急, 紧急, 最急, 火急, 最高优先级, 马上, 赶紧, 十万火急
加急: 急用, 比较急, 赶时间, urgent
p1: high priority, 高优先级
p2: medium priority, 中优先级, 普通
p3/lowest: lowest priority, 低优先级, 不急
normal/standard/regular/普通/一般/平急: no hurry, no rush, ordinary, usual, regular, 普通, 一般, 正常, 不急
abnormal/异常: strange, odd, unusual, irregular, not right, 异常, 不对劲, 不正常, 有问题, 不太对
pass/passed/ok/success/合格/通过: passed, good, fine, no problem, flawless, faultless, 合格, 通过, 没问题, 过了, 正常, 良好
fail/failed/failure/不合格: didn't pass, did not pass, rejected, broken, defective, 不合格, 没过, 未通过, 没通过, 失败
可用/usable/keep: 过了, 能用, 可以用, 保留, good take
作废/unusable/discard: 不能用, 废了, 重来, 不要
accept/yes/accepted/attending/going: yes, i'm coming, i'll be there, count me in, will attend, gladly, 接受, 同意, 参加, 会去, 去
decline/no/declined/not going: no, can't come, can't make it, not coming, won't come, sorry, 拒绝, 不参加, 不去, 去不了, 谢绝
tentative/maybe: maybe, perhaps, not sure, might come, 待定, 可能, 不确定
approve/approved/agree/同意/通过/批准: approved, okay, let it through, 批准, 同意, 通过, 准了, 没意见
reject/rejected/deny/refuse/驳回/拒绝: rejected, turn down, send back, deny, 驳回, 拒绝, 退回, 打回, 不同意, 不批, 否决
transfer/forward/转交: pass on, hand over, 转交, 转给, 转
view/viewer/read/reader/read only/查看/只读: read access, only look, look at, see, read only, may read, 查看, 只看, 看, 只读, 浏览, 可看
comment/commenter: comment on, give feedback, suggest, 评论, 提意见, 批注, 留言
edit/editor/write/writer/编辑: edit rights, change, write access, may change, 编辑, 修改, 可改, 改, 写
admin/owner/administrator: full control, full access, 管理员, 所有者
public/everyone/公开: everybody, for all, open to all, anyone, 公开, 所有人, 大家都能看, 对外公布, 谁都可以看
private/only me/私密/仅自己: only me, just me, nobody else, hidden, 私密, 自己看, 只有自己, 仅自己, 只有我, 不公开
friends/friends only/仅好友/好友: only friends, 好友, 朋友可见, 好友能看到
internal/内部: internally, in house, 内部, 内部资料
secret/confidential/机密/秘密: classified, confidential, 保密, 机密
unlisted: by link, with a link, 有链接
dev/development: development environment, 开发环境, 开发
test/testing/测试: test environment, 测试环境, 测试
staging/stage: pre production, preview, 预发, 预发布
prod/production/live: live system, production environment, 生产环境, 生产, 线上, 正式环境
todo/open/pending/not started: to do, not begun, waiting, 待办, 待处理, 未开始
in progress/doing/started/active: working on it, being worked on, started, under way, 进行中, 处理中, 在做
done/completed/finished/closed/resolved: is done, ready, solved, completed, 完成, 已完成, 搞定, 解决, 做完
paid: has been paid, settled, money came, 付款, 已付款, 付了, 已支付, 支付了
unpaid: not paid, open, 未付款, 没付
shipped/sent: dispatched, on its way, posted, 发货, 已发货, 发出
delivered/received: arrived, got it, 送达, 签收, 已签收, 收到
cancelled/canceled: called off, no longer, 取消, 作废
refunded: money back, 退款
won: signed, closed won, 赢单, 成交
lost: 输单, 丢单, 丢了
qualified: 合格线索, 已确认
lost/missing/遗失/丢失: lost, mislaid, can't find, 丢了, 丢, 弄丢, 掉了, 找不到, 遗失
stolen/theft/被盗/盗窃: stolen, robbed, burglary, thief, 偷了, 被偷, 盗刷, 被盗
damage/damaged: broken, smashed, cracked, 损坏, 坏了, 破了
fire: burned, burnt, burning, smoke, flames, 着火, 火灾, 失火
flood/water: flooded, full of water, leak, leaked, burst pipe, 漏水, 进水, 水灾
accident/collision: crash, crashed, bumped, 事故, 撞车, 车祸
noise/噪音: noisy, loud, squeals, rattles, hums, 噪音, 吵, 响
bug/error/defect: error, crash, broken, crashed, doesn't work, fault, 报错, 错误, 崩溃, 缺陷, 出错
feature/enhancement/feature request: new feature, suggestion, wish, 新功能, 新需求, 需求, 功能建议, 增强
docs/documentation: documentation, 文档, 说明书
question/help: how to, 问题咨询, 请教, 提问
duplicate: twice, dup, same thing as, the same thing, the same as, double, two times, charged twice, 重复, 两次
fraudulent/fraud: fraud, not me, 欺诈, 盗刷
requested by customer/customer request: customer wants, changed his mind, changed her mind, 客户要求, 顾客要求
metric: in celsius, celsius, centigrade, metres, kilometres, 摄氏
imperial: in fahrenheit, fahrenheit, feet, miles, 华氏
c: celsius, centigrade, 摄氏
f: fahrenheit, 华氏
kg: kilos, kilograms, kilo, 公斤, 千克
g: grams, gram, 克
lb/lbs: pounds, pound, 磅
ml: millilitres, milliliters, 毫升
l: litres, liters, litre, liter, 升
km: kilometres, kilometers, 公里, 千米
mi/miles: mile, 英里
m: metres, meters, 米
cm: centimetres, centimeters, 厘米, 公分
minutes/min: minute, mins, 分钟
hours: hour, hrs, 小时
days: day, 天
weeks: week, 周, 星期
seconds/s: second, secs, 秒
docx/doc/word: word, word document, word file, word format, 文档
pdf: acrobat, pdf file
xlsx/xls/excel: excel, spreadsheet, 表格, 电子表格
csv: comma separated, spreadsheet
pptx/ppt: powerpoint, slides, 幻灯片, 演示文稿
epub: e-book, ebook, e book, kindle, 电子书
html: web page, webpage, website, 网页
txt/text: plain text, 纯文本, 文本
md/markdown: markdown file
json: json file
png/jpg/jpeg/image/图片: picture, photo, image, 图片, 照片, 截图
mp3/audio: sound file, audio, 音频
mp4/video: film, movie, clip, 视频
zip: archive, compressed, 压缩包
link/url/链接: link, web address, 链接, 网址
portrait/vertical: upright, tall, vertical, high format, 竖, 竖版, 竖屏, 竖着, 竖向
landscape/horizontal: wide, widescreen, horizontal, sideways, 横, 横版, 横屏, 横向, 宽屏
square: one to one, 方形, 正方形, 方图
color/colour/彩色: in colour, in color, coloured, 彩色, 彩印
black and white/grayscale/bw/黑白: monochrome, black and white, grey, 黑白, 灰度
hd/高清/1080p: high definition, 高清
4k/uhd: ultra hd, 超高清
sd/流畅: low quality, 流畅, 省流量
beginner/basic: beginners, beginner's, novice, starter, first time, 初学, 新手, 零基础, 入门
intermediate: some experience, middle level, 中级
advanced/expert: experienced, advanced learners, pro, 高级, 进阶
ranked: ranking, 排位, 排位赛
casual/休闲: for fun, relaxed, 休闲, 匹配
arcade: 娱乐
movie/cinema/film: films, movies, 电影, 影院
music: concert, songs, 音乐, 音乐会, 听歌
game/gaming: games, 游戏, 打游戏
sports/sport: match, football, 体育, 看球, 球赛, 运动
restaurant: dining out, cafe, 饭馆, 餐厅, 餐馆, 饭店
outdoor/outside: outdoors, outside, 户外, 室外, 外面
indoor/inside: indoors, inside, 室内, 屋里
breakfast/早餐: morning meal, in the morning, 早饭, 早点, 早上吃, 早餐
lunch/午餐: midday, at noon, 午饭, 中饭, 中午吃, 午餐
dinner/晚餐: supper, evening meal, tonight, 晚饭, 晚上吃, 晚餐, 夜宵
snack: between meals, nibbles, 零食, 加餐, 点心, 下午茶, 嘴馋
饭前: before meals, before eating, 餐前, 吃饭前
饭后: after meals, after eating, 餐后, 吃完饭
空腹: on an empty stomach, fasting, 没吃东西
早班: morning shift, early shift, 白班, 早上
夜班: night shift, 晚班, 夜里, 通宵
morning/上午: in the morning, am, 早上, 早晨
afternoon/下午: in the afternoon, pm, 午后
immediately/now/立即: at once, right away, straight away, this minute, 马上, 立即, 立刻, 现在, 即刻
next month/下月: from next month, 下个月, 下月, 次月
tomorrow: 明天
every two weeks/biweekly/fortnightly/每两周: every other week, every second week, fortnight, 隔周, 两周一次, 双周
每周: 每星期, 一周一次, weekly
每月: 每个月, 月月, monthly
none/不重复/once: one time, only once, 一次, 就一次, 只这一次
cash/现金: in cash, 现金, 现钱
card: by card, credit card, debit card, 刷卡, 银行卡
transfer/bank transfer: wire, bank transfer, 转账, 汇款
invoice: on account, bill me, 开票
上班: 到岗, 打卡上班, 到公司了, 开工
下班: 收工, 走人, 回家了, 打卡下班
换尿布/diaper: 尿布, 尿不湿, 拉了, 尿了, nappy, diaper
喂奶/feeding: 喝奶, 吃奶, 喝了奶, 奶粉, 母乳, 毫升奶
睡觉/sleep: 睡了, 睡着, 入睡, 睡到, slept, nap
辅食/solids: 米糊, 果泥, 米粉, 蛋黄, 吃了
快车: 普通车
专车: 高级车, 豪华
顺风车: 拼车, carpool
快充: 快速充电, 充快点, 快点充, 直流, fast charging
慢充: 慢慢充, 充慢点, 交流, slow charging
经济型: 便宜的车, 小车, 省油
商务车: 七座, mpv, minivan
新能源: 电动车, 电车, electric car
luxury/premium/豪华: posh, fancy, exclusive, upscale, 豪华, 高档
family: 家庭
大床: 大床房, 双人床, king size, queen size
双床: 标间, 双床房, two beds
家庭房: 一家, 亲子房, family room
打扫/clean/cleaning: cleaned, tidy up, make up the room, 打扫, 清洁, 收拾, 整理房间
送物/delivery: 送, 拿, 送来, 送过来, 多要, bring
叫醒/wake up: 叫我起床, 叫早, wake-up call
维修/repair: 修, 修下, 修一下, 坏了, 堵了, 不亮, fix
拜访/visit: 上门, 去了, 登门, 面谈, 见面
电话/call: 打电话, 通话, 电话联系
邮件: 发邮件, email
微信: wechat
展会: 展览, 博览会, fair
转介绍: 介绍来的, 朋友介绍, 老客户介绍, 推荐来的, referral
官网: 网站, 网上看到, website
一般: 不影响, 普通, 小问题, minor
严重/major: 厉害, 严重, 大问题, severe
停机: 停了, 停转, 动不了, 停工, standstill
轻度/mild: 轻微, 有点, 一点点, slightly, a little, weak, light
中度: 中等, moderate
重度/severe: 严重, 很厉害, strongly, badly, heavily
strong: extra strong, double shot, powerful, 浓, 强
cotton/棉麻: 棉, 纯棉, 床单, 棉质
wool/羊毛: woollen, 毛衣, 羊绒, 毛料
delicate: silk, gentle, 真丝, 轻柔
羽绒/down: 羽绒服, down jacket
quick/快洗: quick wash, short, 快速, 快洗, 洗快点
vegetarian: veggie, no meat, meatless, 素食, 吃素
vegan: plant based, 纯素
glutenfree/gluten free: without gluten, celiac, coeliac, no gluten, 无麸质
无糖: 不加糖, 不要糖, 零糖, 不放糖
三分糖: 微糖, 少少糖, 三分甜
五分糖: 半糖, 五分甜
七分糖: 少糖, 七分甜
全糖: 正常糖, 标准糖, 多糖
去冰: 不加冰, 不要冰, 走冰, 免冰, no ice
少冰: 冰少点, 少放冰, less ice
正常冰: 多冰, 标准冰, 加冰
男: 男生, 男士, 先生, male
女: 女生, 女士, 小姐, female
猫: 猫咪, 小猫, 喵, 橘猫, 布偶
狗: 狗狗, 小狗, 汪, 金毛, 柯基, 泰迪
兔: 兔子
鸟: 鹦鹉, 小鸟
electricity/电费/电表: electric, power, 电, 用电, 停电
gas/燃气费/气表: natural gas, 煤气, 燃气, 天然气
water/水费/水表: 自来水, 水
暖气费: 暖气, 供暖, 取暖费
organic: compost, food waste, bio waste, kitchen waste, 厨余, 湿垃圾
paper/纸: cardboard, newspapers, 纸箱, 报纸, 旧书
plastic/塑料: bottles, packaging, 塑料瓶, 饮料瓶
glass: bottles, jars, 玻璃
metal/金属: cans, tin, iron, 铁, 废铁, 易拉罐
electronics/电器: 家电, 冰箱, 洗衣机, appliances
residual: general waste, household waste, rubbish
chs/zh/chinese/中文/普通话: mandarin, 中文, 汉语, 国语, 普通话, 简体
eng/en/english/英语: english, 英文, 英语
jpn/ja/jp/japanese/日语: japanese, 日文, 日语
kor/ko/korean: 韩文, 韩语
fra/fr/french: 法文, 法语
deu/de/german: 德文, 德语
粤语: 广东话, cantonese
flyer/leaflet: leaflets, leaflet, handout, flyers, 传单, 单页
booklet/brochure: brochures, brochure, pamphlet, programme, 小册子, 宣传册
poster: posters, placard, 海报
胶装: 胶订, glue
环装: 线圈, 圈装, spiral
骑马钉: 钉, staples
motorbike/motorcycle: motorcycle, moped, scooter, 摩托
bicycle/bike: bikes, cycle, 自行车, 单车
oxygen/o2: o2, 氧气
co: carbon monoxide, 一氧化碳
methane: ch4, 甲烷
co2: carbon dioxide, 二氧化碳
hydrogen: h2, 氢气
helium: he, 氦气
blood: 血液, 抽血
urine: pee, 尿液
saliva: spit, 唾液
sale: selling, sell, sold, buying, purchase, 买卖, 出售
gift: give, donation, donate, present, 赠与, 送
will/遗嘱: testament, last will, 遗嘱
power of attorney/委托: poa, authorise, authorize, proxy, 委托书, 授权
ii: two, 2
iii: three, 3
iv: four, 4
i: one, 1
matt/matte: mat, dull, not shiny, 哑光
satin: silky, semi gloss, 缎面
gloss/glossy: shiny, glossy, high gloss, 亮光
jobs: job, vacancy, hiring, position, 招聘
housing: flat, apartment, room to let, 租房
misc/other/others/其他: miscellaneous, anything else, 别的, 其它
colour/dye: dye, colour, color, highlights, 染, 染发
cut/haircut: haircut, trim, 剪发, 理发, 剪
perm: curls, curly, 烫发, 烫
hiphop: hip hop, hip-hop, street dance, 街舞
shop/购物: shopping, store
walk/步行: on foot, 步行, 走路, 走过去
`;
