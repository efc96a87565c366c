/** What people say where a switch is meant, and what says its contrary. Knows words only. */

/** Parts of names, a colon, what says yes, a bar, what says no. */
export const SWITCH_WORDS = `
duplex/double sided: double-sided, double sided, both sides, two-sided, duplex, 双面 | single-sided, single sided, one side, simplex, 单面
full page/whole page: full page, full-page, whole page, entire page, all of it, everything on it, 整页, 整个页面, 长截图, 全页 | visible part, viewport, visible area, 可见部分
permanent/hard delete/forever: permanent, permanently, for good, forever, no trash, beyond recovery, irrevocably, 永久, 彻底, 不可恢复 | temporarily, for now, to the trash, to trash, recycle bin, for the time being, 暂时, 临时, 回收站
one time/single use: one-time, one time, single use, only once, 一次性, 只能用一次, 用一次 | repeatedly, many times, several times, 反复, 多次, 重复
multiple/multi/multi select: multiple, several, more than one, 多选, 多个 | single choice, only one, just one, 单选, 只能选一个, 只选一个
anonymous: anonymous, anonymously, without my name, nameless, 匿名, 不留名 | with my name, 实名, 署名
urgent/express/rush/priority/stat/emergency: urgent, urgently, express, asap, hurry, right away, at once, immediately, as soon as possible, emergency, 加急, 紧急, 急用, 特急, 赶时间, 赶紧, 马上, 尽快, 立刻, 立即, 抓紧 | no rush, no hurry, not urgent, whenever, 不急, 慢慢来, 不着急
recursive: recursive, recursively, subfolders, subdirectories, all the way down, 递归, 子目录, 子文件夹 | top level only, this folder only, 当前目录
dry run/dryrun/simulate/preview: dry run, only show, just show, would change, would happen, simulate, without changing, 试运行, 先看看, 预览, 演练 | for real, really do it, 直接执行
symbols/special/punctuation: special characters, special signs, symbols, punctuation, 特殊字符, 符号 | letters only
numbers/digits: digits, numbers, numerals, 数字
uppercase/capitals: capitals, capital letters, upper case, uppercase, 大写
notify/announce/inform/push: notify, let everyone know, let the guests know, let them know, let people know, tell everyone, tell the passengers, inform, announce, 通知, 群发, 推送, 提醒大家, 广播 | without telling, quietly, silently, 不通知, 悄悄
all day: all day, all-day, whole day, entire day, 全天, 整天, 一整天
round trip/return trip: round trip, round-trip, and back, return ticket, 往返, 来回 | one way, one-way, 单程
private room/private: private room, separate room, 包间, 包厢, 包房, 雅间 | main hall, 大厅, 散座
speaker/speakerphone/hands free: hands-free, hands free, on speaker, speakerphone, loudspeaker, 免提, 外放, 公放
unread only/unread/unheard only/new only: unread, not read, haven't read, not yet read, 未读, 没读, 没看过, haven't heard, not heard, unheard, haven't listened, 没听过
reply all: reply all, reply to all, everybody on, everyone on, all of them, 回复全部, 回复所有人, 全部回复 | only to, just to
new tab: new tab, another tab, separate tab, 新标签页, 新标签, 新窗口 | same tab, this tab, 当前页, 本页
keep aspect/aspect ratio/keep ratio: keep the aspect, keep the ratio, keep the proportions, keep proportions, proportional, in proportion, 等比, 保持比例, 不变形 | stretch, stretched, distort, squash, 拉伸, 变形
swing/oscillate: swing, oscillate, oscillating, turn its head, 摇头, 左右转, 摆风, 扫风
shuffle/random: shuffle, shuffled, random order, randomly, mixed up, 随机, 乱序, 打乱 | in order, in sequence, 按顺序, 顺序
repeat/loop: repeat, loop, on repeat, over and over, again and again, 循环, 反复播放, 单曲循环
explicit: explicit, swear words, strong language, 少儿不宜, 粗口, 脏话 | clean, family friendly, 适合儿童
insured/insurance: insured, with insurance, insure, 保价, 投保, 上保险 | uninsured
fragile: fragile, breakable, handle with care, 易碎, 轻拿轻放
gift wrap/gift: gift-wrapped, gift wrap, as a gift, as a present, wrapped up, 礼品包装, 包装一下, 送礼, 礼盒
breakfast: with breakfast, breakfast included, 含早, 含早餐, 带早餐 | room only, 不含早, 无早
invoice/receipt: with a receipt, receipt, invoice, 开发票, 要发票, 开票
smoking: smoking, smoker, 吸烟 | non-smoking, nonsmoking, smoke-free, 无烟, 禁烟
nonstop/non stop/direct: direct, directly, nonstop, non-stop, without changes, without stops, straight through, 直飞, 直达 | stopover, with a stop, with a change, 中转, 转机
neutered/spayed/sterilised/sterilized/castrated: neutered, spayed, castrated, sterilised, sterilized, been fixed, 绝育, 阉 | intact, entire, 未绝育
online/virtual/remote/video: online, by video, video call, on video, virtually, remotely, over zoom, 线上, 视频, 远程, 网上 | in person, face to face, on site, 线下, 当面, 现场
reverse/reversed/backwards/backward: backwards, backward, in reverse, reversed, 倒, 反向, 倒退 | forwards, forward, 前进, 正向
refrigerated/chilled/reefer/cooled/cold chain: refrigerated, chilled, cooled, reefer, refrigeration, 冷藏, 冷链
color/colour/in color: in color, in colour, coloured, colored, 彩色, 彩印 | black and white, black-and-white, no colour, no color, without colour, grayscale, greyscale, monochrome, 黑白, 单色
open/opened/is open: open, opened, 打开, 开 | close, closed, shut, cut, 关, 合上
locked/lock: lock, locked, 锁, 上锁 | unlock, unlocked, 解锁, 开锁, open it, let in, 开一下, 打开, 开门
visible/published/show/listed: show, visible, publish, put online, back online, 上架, 显示 | hide, hidden, take down, invisible, unpublish, shouldn't be visible, shouldn't see, not be visible, 下架, 隐藏
approved/approve/accept/accepted: approve, approved, accept, okay it, 批准, 同意, 通过 | reject, rejected, turn down, turn it down, decline, refuse, deny, 驳回, 拒绝, 不同意, 不批
enabled/active/activated: enable, activate, 启用, 开启, 激活 | disable, deactivate, must be off, cut, kill, switch off, turn off, shut off, shut down, 停用, 禁用, 关闭, 关掉
on/power/running: turn on, switch on, start, 打开, 开启, 启动 | turn off, switch off, off, stop, halt, cut, kill, shut off, shut down, 关, 停, can rest, may rest, 熄, 灭, 撤掉, 撤下, 歇
in stock/available: in stock, available, 有货 | sold out, out of stock, unavailable, 缺货, 售罄
window/window seat: by the window, window seat, at the window, 靠窗 | aisle, 过道
outside/outdoor/outdoors/terrace: outside, outdoors, on the terrace, in the garden, 室外, 户外, 露台 | inside, indoors, 室内
late/late checkout: late, later, 延迟
kosher/halal: kosher, halal, 清真
gluten free: gluten-free, gluten free, celiac, coeliac, 无麸质
first time/new patient/new customer/new: first time, new here, new patient, never been, 第一次, 首次, 初诊 | returning, been before, 复诊
draft: draft, as a draft, not yet published, 草稿
public/visible: public, publicly, everyone may see, for all to see, 公开 | private, privately, only me, hidden, 私密, 不公开
secret/hidden: secret, secretly, hidden, nobody may see, 保密, 秘密, 暗 | openly, everyone may see, for all to see, 公开
private: private, privately, only for me, 私有, 私密, 仅自己 | public, publicly, open to all, 公开
paid/fee paid: paid, has paid, already paid, 已付, 付了, 已交, 交了 | unpaid, not paid, money comes later, pays later, owes, 未付, 没付, 没交
excused: excused, with a note, sick note, 请假 | unexcused, skipped, truant, 旷课, 逃课, 无故
passed/approved/ok: passed, approved, okay, passes, fine, all good, no problem, in order, 合格, 通过, 没问题 | failed, rejected, fails, not passed, 不合格, 没通过, 未通过
damage/damaged: damaged, broken, scratched, dented, scratch, dent, 损坏, 破损, 有伤 | undamaged, all okay, intact, no damage, unharmed, 完好, 没坏, 无损
people inside/trapped/occupied: trapped, stuck inside, people inside, we're stuck, 被困, 有人 | nobody inside, no one inside, nobody in it, no one in it, nobody is in, empty, 没人, 无人
overwrite/force: overwrite, replace it, by force, force, 覆盖, 强制 | keep the old, 不覆盖
encrypted/encrypt: encrypted, with a password, 加密
subtitles/captions: subtitles, captions, 字幕
vegetarian: vegetarian, no meat, meatless, 素食, 吃素, 素的, meat-free, meat free, without meat, plant-based
spicy/chili: spicy, hot, 辣, 放辣 | mild, 不辣, 免辣, 微辣
ice/iced: with ice, iced, on the rocks, 加冰 | no ice, 去冰, 不加冰
delivery/deliver: delivered, deliver it, bring it, 送货, 外送, 配送, 送上门 | pick up, pick it up, collect, 自取, 自提
pickup: pick up, pick it up, collect, 自取, 自提 | delivered, deliver, 送货, 外送
mute/silent/quiet/muted: silently, silent, quietly, without a sound, without sound, no sound, without a notification, 静音, 悄悄, 无声 | with sound, loud, 有声
vibrate/vibration: vibrate, vibration, 震动, 振动
flash: flash, with flash, 闪光灯
light/floodlight/lights: floodlight, with light, need light, lights on, lit, 照明, 开灯, 灯光
coolant: coolant, with coolant, cooling, 冷却液 | dry
sliced: sliced, cut up, in slices, 切片, 切好 | unsliced, whole, 整个, 不切
child/child seat/highchair/high chair: child seat, baby seat, car seat, high chair, highchair, 儿童座椅, 安全座椅, 儿童椅, 宝宝椅
wheelchair/accessible/step free: wheelchair, accessible, step-free, barrier-free, 轮椅, 无障碍
pets/pet/dogs: pet, dog, cat, pets, dogs, cats, 宠物, 带狗, 带猫
subscribe/newsletter: subscribe, sign me up, 订阅
recurring/repeating: every week, every day, weekly, daily, monthly, regularly, 每周, 每天, 每月, 定期 | just once, only this time, 仅此一次
exact/exact match: exact, exactly, literally, word for word, 精确, 完全匹配 | roughly, similar, 模糊
assisted/helped: had to pull, pulled it, with help, needed help, 助产, 帮忙 | by herself, on her own, by itself, unaided, without help, no help, 自己, 顺产
easy: no trouble, without trouble, smoothly, 顺利 | had to pull, difficult, hard, 难产
do not disturb/dnd/quiet mode: no notifications, no interruptions, no calls, no messages, no pings, nobody disturbs, don't disturb, do not disturb, leave me alone, don't want any pings, don't want any calls, don't want any notifications, 免打扰, 别打扰, 不要打扰 | let my notifications through, notifications through, notifications again, calls through, be reached again, 取消免打扰, 关闭免打扰
present/attended/attendance: present, is here, showed up, turned up, 到了, 出席 | absent, missing, ill, sick, didn't come, didn't show, never came, no-show, 缺席, 没来, 请假
frozen/freeze/blocked: freeze, block, lost, stolen, 冻结 | unfreeze, unblock, usable, works again, work as normal, found it, turned up, 解冻, 恢复
hold/on hold/held/quarantine: hold, hold back, keep back, block, 扣下, 扣住 | release, let it go, let go, free it, may leave, 放行, 解除
drawn: pull out, draw | push in, put away, retire
hostile/aggressive/enemy: hostile, evil, enemy, aggressive, 敌对 | friendly, peaceful, harmless, 友好
complete/all there: complete, all there, nothing's missing, nothing missing, nothing is missing, everything is there, 齐了, 齐全 | incomplete, missing, short, not everything, 缺, 少了
queen seen/seen/spotted: saw, spotted | couldn't find, could not find, no sign of, not seen, 没看到, 没找到
tracking/track/follow: track it, follow it, keep following, 跟踪
failed only/only failed/failures only: failed, went red, that broke, broken ones, red ones, 失败
include hidden/show hidden/hidden: hidden files, hidden ones, dotfiles, dot files, 隐藏文件
concurrently/non blocking/online: without blocking, without locking, without downtime, 不锁表
automatic: automatic, can't drive stick, no clutch, 自动挡 | stick shift, manual, 手动挡
covered/indoor/indoors/roofed: covered, indoors, under a roof, roofed, 室内, 有顶 | open air, open-air, outdoors, 露天
indoors/indoor: indoors, inside, 室内 | outside, outdoors, 室外
injured/injuries/hurt: injured, hurt, bleeding, 受伤 | nobody was hurt, nobody hurt, no one hurt, unharmed, 没人受伤
before meal/fasting: before the meal, before breakfast, on an empty stomach, fasting, sober, 空腹, 饭前, 餐前 | after the meal, after dinner, after lunch, 饭后, 餐后
in service/operational: in service, running again, 投入使用 | out of order, out of service, broken down, 停用
furnished: furnished, 带家具 | unfurnished, 不带家具
billable: billable, on the client's account | not billable, on the house, internal
mandatory/required: mandatory, required, a must, 必选, 必填 | optional, may skip, 选填
series/all occurrences: the whole series, all of them, every one of them | only this one, just this one, 只这一次
background/detach: in the background, detached, 后台 | in the foreground, 前台
new customer/first visit: first visit, first time, 第一次来, 初诊 | been here before, returning, 复诊
lunar: lunar, 农历, 阴历 | solar, 公历, 阳历
`;
