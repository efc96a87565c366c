/**
 * Values of enums that people call otherwise, in either language: by hand, and what strangers wrote (`said_values.txt`, made by
 * models/recipe/filling/said_values.py). Knows words only.
 */
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { CHOICE_WORDS } from "./choice_words.ts";
import { VALUE_WORDS } from "./value_words.ts";

const SAID_VALUES = join(import.meta.dir, "said_values.txt");
const TABLE = `
usd: us dollar, us dollars, dollars us, american dollars, dollars, dollar, bucks, 美元, 美金, 刀
eur: euros, euro, 欧元
gbp: pounds sterling, british pound, pounds, pound, sterling, quid, 英镑
jpy: yen, 日元, 日币
cny: yuan, renminbi, rmb, 人民币
hkd: hong kong dollar, 港币, 港元
twd: taiwan dollar, 台币
krw: won, 韩元, 韩币
chf: swiss franc, francs, franc, 瑞士法郎, 瑞郎
sek: swedish kron, kronor, kronas, swedish crown, 瑞典克朗
nok: norwegian kron, 挪威克朗
dkk: danish kron, 丹麦克朗
pln: zloty, złoty, 兹罗提
czk: czech kor, koruna, czech crown, 捷克克朗
huf: forint, 福林
try: lira, 里拉
inr: rupee, 卢比
thb: baht, 泰铢
sgd: singapore dollar, 新加坡元, 新币
aud: australian dollar, aussie dollar, 澳元
nzd: new zealand dollar, kiwi dollar
cad: canadian dollar, 加元
mxn: mexican peso
brl: reais, real
zar: rand
rub: rubles, roubles, 卢布
en: english, 英语, 英文
english: 英语, 英文
de: german, 德语, 德文
german: 德语, 德文
fr: french, 法语, 法文
french: 法语, 法文
es: spanish, 西班牙
spanish: 西班牙
it: italian, 意大利
italian: 意大利
pt: portuguese, 葡萄牙
ja: japanese, 日语, 日文
japanese: 日语, 日文
ko: korean, 韩语, 韩文
korean: 韩语, 韩文
ru: russian, 俄语, 俄文
russian: 俄语, 俄文
zh: chinese, 中文, 汉语
chinese: 中文, 汉语
monday: 周一, 星期一
tuesday: 周二, 星期二
wednesday: 周三, 星期三
thursday: 周四, 星期四
friday: 周五, 星期五
saturday: 周六, 星期六
sunday: 周日, 周天, 星期天, 星期日
mon: monday, 周一, 星期一
tue: tuesday, 周二, 星期二
wed: wednesday, 周三, 星期三
thu: thursday, 周四, 星期四
fri: friday, 周五, 星期五
sat: saturday, 周六, 星期六
sun: sunday, 周日, 周天, 星期天
once: just this once, only once, 一次性, 只响一次
daily: every day, each day, every morning, every night, every evening, 每天, 每日, 天天
weekly: every week, each week, once a week, 每周, 每星期
monthly: every month, each month, once a month, 每月, 每个月
yearly: every year, each year, annual, 每年
hourly: every hour, each hour, 每小时
weekdays: on weekdays, every weekday, workday, monday to friday, 工作日, 周一到周五
weekends: weekend, 周末
previous: last one, go back, back one, the one before, 上一, 前一
next: skip, forward, the following, 下一, 后一, 切歌, 跳过
urgent: asap, emergency, critical, immediately, right away, 紧急, 加急, 特急, 马上
high: important, urgent, top priority, 高, 重要
medium: middle, moderate, normal, average, 中等, 中档, 普通
normal: ordinary, regular, standard, usual, 普通, 一般, 正常, 标准
low: minor, not important, no rush, whenever, 低, 不急
quiet: silent, silently, softly, 安静, 静音, 轻声
silent: quiet, quietly, mute, 静音
strong: powerful, turbo, hard, max, 强力, 强劲, 大吸力
gentle: delicate, soft, careful, 轻柔, 柔和
fast: quick, quickly, speedy, express, 快速, 快
quick: fast, short, 快速, 快洗
slow: slowly, 慢速, 慢
eco: economy, energy saving, save energy, 节能, 省电
auto: automatic, automatically, 自动
manual: by hand, manually, 手动
cold: chilled, iced, 冷, 凉, 冰
hot: 热, 烫
warm: 暖, 温
small: little, tiny, 小份, 小杯, 小号, 小
large: big, huge, massive, giant, gigantic, enormous, 大份, 大杯, 大号, 大
s: small, 小号
m: medium, 中号
l: large, 大号
xl: extra large, 加大
home: house, 在家, 回家, 家里
away: leaving, going out, nobody home, out of the house, on holiday, 外出, 离家, 出门
night: sleep, bed, 睡觉, 夜间, 晚上
vacation: holiday, trip, 度假, 休假
sick: ill, flu, fever, 生病, 病假
annual: holiday, vacation, 年假
personal: private, 事假, 私事
work: office, job, 工作, 公司
private: personal, 私人
public: everyone, 公开
walking: walk, on foot, by foot, 步行, 走路, 走着
walk: walking, on foot, by foot, 步行, 走路
foot: walking, walk, 步行, 走路
driving: drive, by car, 开车, 驾车, 自驾
car: driving, drive, 开车, 驾车
cycling: bike, bicycle, cycle, 骑车, 骑行, 自行车
bike: bicycle, cycling, cycle, 骑车, 骑行, 自行车
bicycle: bike, cycling, cycle, 骑车, 自行车
transit: bus, train, subway, metro, tram, public transport, 公交, 地铁
bus: 公交, 巴士
train: 火车, 高铁
income: earned, received, salary, got paid, 收入, 工资, 进账
expense: spent, paid, bought, cost, 支出, 花了
food: meal, groceries, lunch, dinner, breakfast, restaurant, eating, 餐饮, 吃饭, 饭, 菜
transport: taxi, bus, train, fuel, petrol, 交通, 打车, 地铁, 加油
red: 红
green: 绿
blue: 蓝
yellow: 黄
white: 白
black: 黑
orange: 橙
purple: violet, 紫
pink: 粉
morning: early, 早上, 上午, 早班
afternoon: 下午, 午后
evening: tonight, 晚上, 傍晚, 晚班
male: man, boy, he, 男
female: woman, girl, she, 女
cat: kitten, 猫
dog: puppy, 狗
cash: 现金
card: credit card, debit card, 刷卡, 信用卡
wechat: 微信
alipay: 支付宝
sms: text message, text, 短信
email: mail, 邮件
phone: call, ring, 电话
open: 打开, 拉开, 开门
closed: shut, 关闭
done: finished, complete, completed, 完成, 做完
todo: to do, not started, 待办
in progress: started, working on, 进行中
cancelled: called off, cancel, 取消
confirmed: confirm, 确认
approved: approve, okay, 批准, 同意
rejected: reject, refuse, decline, 拒绝
keep: stays, stay, leave it, spare, preserve, 保留
remove: take out, get rid of, drop, 去掉, 移除
fell: cut down, come down, chop, 砍
up: raise, increase, higher, louder, 调高, 升, 大一点
down: lower, decrease, quieter, drop, 调低, 降, 小一点
left: 左
right: 右
in: arrive, arrived, coming in, enter, 进, 到岗, 上班
out: leave, leaving, left, exit, 出, 下班
clockin: clock in, start work, 上班
clockout: clock out, go home, 下班
buy: purchase, get, 买
sell: get rid of, 卖
draft: 草稿
fresh: 新鲜
dry: 干
wet: 湿
rain: 雨
snow: 雪
adult: grown up, 成人, 大人
child: kid, children, kids, 儿童, 小孩
student: pupil, 学生
senior: pensioner, old, 老人
single: one person, 单人, 一个人
double: two people, 双人, 大床
twin: two beds, 双床
window: 靠窗
aisle: 靠过道, 过道
first: first class, 头等
business: business class, 商务
economy: coach, cheapest, 经济
front: selfie, 前置
back: rear, behind, 后置
rear: back, 后
grayscale: black and white, 黑白
sepia: 怀旧
mild: light, slight, little, 轻微, 有点
moderate: medium, 中度
severe: terrible, awful, bad, very, 严重, 厉害
great: wonderful, fantastic, amazing, 很好, 很棒, 开心
good: fine, well, 不错, 好
ok: fine, alright, so so, 还行, 一般
bad: awful, terrible, poor, 不好, 糟
sad: down, unhappy, 难过, 伤心
happy: glad, cheerful, 开心, 高兴
stressed: under pressure, 压力
tired: exhausted, sleepy, 累
celsius: °c, 摄氏
fahrenheit: °f, 华氏
metric: kilograms, centimetres, 公制
imperial: pounds, inches, 英制
easy: simple, beginner, 简单
hard: difficult, tough, 难
beginner: easy, new, starter, 初级, 入门
advanced: expert, 高级
breakfast: 早餐, 早饭
lunch: 午餐, 午饭, 中饭
dinner: supper, evening meal, 晚餐, 晚饭
snack: 零食, 点心
sweep: 扫
mop: 拖
lock: locked, 锁上, 上锁, 锁好, 锁一下
unlock: unlocked, 解锁, 开锁, 打开
start: begin, run, launch, 开始, 启动
stop: halt, end, quit, 停
pause: hold, 暂停
resume: continue, go on, 继续
play: 播放, 放
mute: silence, 静音
record: 录
heat: heating, 制热, 加热, 暖风
cool: cooling, 制冷, 冷风
fan: ventilate, 送风
步行: 走路, 走着, 走过去, walk, on foot
骑行: 骑车, 自行车, 单车, bike, cycling
驾车: 开车, 自驾, drive, by car
公交: 坐公交, 公交车, 巴士, bus
打车: 出租车, 滴滴, taxi
病假: 生病, 发烧, 感冒, 不舒服, sick
事假: 有事, 私事, personal
年假: 休假, 度假, annual leave
餐饮: 吃饭, 午饭, 晚饭, 早饭, 外卖, 咖啡, 奶茶, 火锅, 聚餐, food
交通: 打车, 地铁, 公交, 加油, 高铁, 停车, transport
购物: 衣服, 超市, 网购, shopping
娱乐: 电影, 游戏, 唱歌, entertainment
医疗: 看病, 药, 医院, medical
住房: 房租, 水电, 物业, rent
高: 紧急, 重要, high
中: 一般, 普通, medium
低: 不急, low
开: 打开, 开启, on
关: 关闭, 关掉, off
制冷: 冷气, 冷风, 太热, cool
制热: 暖气, 暖风, 太冷, heat
除湿: 太潮, dry
静音: 安静, 轻声, quiet
强力: 强劲, 大吸力, strong
标准: 普通, 正常, normal
每天: 天天, 每日, daily
工作日: 周一到周五, 上班日, weekdays
周末: 周六周日, weekends
单程: one way
往返: 来回, round trip
经济舱: economy
商务舱: business
大床房: 大床, double
双床房: 双床, 标间, twin
大杯: large
中杯: medium
小杯: small
热: hot
冰: 冷, 凉, cold
`;

/** By value in small letters; `said_values.txt` is read when it is first needed. */
let known: ReadonlyMap<string, readonly string[]> | undefined;

/** What else says a value, by the value in small letters: of currencies their names, in Chinese words of the same sense. */
export function wordsMeaning(plain: string): readonly string[] {
  known ??= read(`${TABLE}${CHOICE_WORDS}${VALUE_WORDS}${readFileSync(SAID_VALUES, "utf8")}`);
  return known.get(plain) ?? [];
}

/** `one/other: words, more words` */
function read(table: string): ReadonlyMap<string, readonly string[]> {
  const found = new Map<string, string[]>();
  for (const line of table.split("\n")) {
    const [values = "", words = ""] = line.split(": ");
    if (words === "") continue;
    for (const value of values.split("/")) {
      const own = found.get(value);
      if (own === undefined) found.set(value, words.split(", "));
      else own.push(...words.split(", "));
    }
  }
  return found;
}
