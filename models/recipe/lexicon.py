"""Verbs and nouns with Chinese counterparts, from which tools are put together that no one wrote down.

A verb line is `verb=synonym,synonym=中文,中文`; a noun is `noun=中文`.
"""

VERB_LINES = """
create=make,add,open,set up=创建,新建
delete=remove,erase,get rid of,drop=删除,删掉
update=change,modify,edit=更新,修改
get=show,give me,look up,fetch=获取,看看
list=show,display,show all=列出,显示
find=search,look for,locate=查找,找
open=open up=打开
close=shut=关闭,关上
start=launch,run,begin,kick off=启动,开始
stop=end,halt,kill=停止,停掉
pause=hold=暂停
resume=continue,carry on with=继续,恢复
check=verify,have a look at,inspect=检查,看一下
book=reserve=预订,订
cancel=call off,abort=取消
order=buy,get me=订购,下单
track=follow,trace=跟踪,追踪
print=print out=打印
scan=scan in=扫描
upload=send up=上传
download=save locally=下载
rename=give a new name to=重命名,改名
move=shift,transfer=移动,挪
copy=duplicate,clone=复制
share=send,pass on=分享,共享
archive=store away,file away=归档
restore=bring back,recover=还原
lock=secure=锁定,锁上
unlock=release=解锁
enable=activate,turn on,switch on=启用,开启
disable=deactivate,turn off,switch off=禁用,停用
restart=reboot,reset=重启
install=set up=安装
uninstall=remove=卸载
rate=score,review=评分,打分
approve=accept,confirm=批准,通过
reject=decline,refuse,turn down=拒绝,驳回
assign=give,hand=分配,指派
invite=ask=邀请
block=ban=拉黑,屏蔽
mute=silence=静音
export=dump=导出
import=load=导入
measure=gauge=测量
count=tally,how many=统计,数一下
sort=arrange=排序
merge=join,combine=合并
split=divide=拆分
publish=release,post=发布
schedule=plan,arrange=安排
rent=hire=租,租用
register=sign up,enrol=注册,登记
verify=confirm,validate=验证,核实
paint=colour=粉刷
clean=tidy,wash=清洁,打扫
pin=stick=置顶
tag=mark,label=标记
encrypt=scramble=加密
decrypt=decode=解密
compress=shrink,zip=压缩
deploy=roll out,ship=部署
feed=give food to=喂
water=irrigate=浇水
sync=synchronise=同步
trigger=fire,set off=触发
refund=pay back=退款
calibrate=adjust=校准
record=log,write down=记录
translate=render=翻译
describe=explain,tell me about=描述,介绍
validate=check=校验
charge=top up=充电
empty=clear,flush=清空
fill=refill=加满,填充
repair=fix,mend=维修,修理
test=try out=测试
reserve=hold,keep=预留
release=let go=释放
attach=connect,hook up=连接
detach=disconnect,unhook=断开
subscribe=sign up for=订阅
unsubscribe=opt out of=退订
borrow=lend me,take out=借,借阅
return=give back,send back=归还,退回
ship=send out,dispatch=发货
pay=settle=支付,付
bill=invoice=开账单
inspect=examine=检视
rotate=turn=旋转
resize=scale=调整大小
crop=cut=裁剪
sell=put up for sale=出售,卖
dim=lower=调暗
heat=warm up=加热
cool=chill=冷却
report=flag=举报,上报
submit=hand in=提交
grade=mark=批改
transfer=move over=转移,转账
freeze=suspend=冻结
renew=extend=续期,续订
estimate=guess,work out=估算
compare=contrast=比较,对比
watch=monitor,keep an eye on=监控,关注
ignore=skip=忽略
archive=put away=存档
summarize=sum up=总结
notify=alert,tell=通知
"""

NOUN_LINES = """
account=账户, album=相册, article=文章, asset=资产, backup=备份, badge=徽章, bike=自行车, branch=分支, budget=预算, bus=公交车, campaign=活动, channel=频道, chart=图表, claim=理赔, class=课程, client=客户, cluster=集群, coupon=优惠券, customer=顾客, dashboard=仪表盘, dataset=数据集, desk=桌子, document=文档, driver=司机, engine=引擎, field=字段, folder=文件夹, form=表单, game=游戏, group=群组, house=房子, image=图片, invoice=发票, issue=问题, job=任务, key=钥匙, layer=图层, letter=信, license=许可证, machine=机器, map=地图, meal=餐, member=会员, menu=菜单, network=网络, order=订单, package=包裹, page=页面, parking=车位, partner=伙伴, patient=病人, payment=付款, permit=许可, photo=照片, pipeline=流水线, plan=计划, player=玩家, playlist=播放列表, policy=政策, pool=泳池, post=帖子, printer=打印机, product=产品, profile=资料, project=项目, queue=队列, record=记录, report=报告, request=请求, robot=机器人, role=角色, route=路线, sample=样本, script=脚本, sensor=传感器, server=服务器, session=会话, shelf=书架, shipment=货物, shop=商店, signal=信号, site=站点, slot=时段, stage=舞台, station=车站, stock=库存, story=故事, student=学生, survey=问卷, table=桌位, tank=水箱, task=待办, team=团队, template=模板, tent=帐篷, test=测试, ticket=票, token=令牌, tool=工具, tour=游览, trailer=拖车, train=火车, tree=树, trip=行程, truck=卡车, vaccine=疫苗, vendor=供应商, video=视频, volume=卷, wallet=钱包, warehouse=仓库, webhook=钩子, window=窗户, worker=工人, zone=区域, contract=合同, salary=工资, course=教程, exam=考试, lesson=课, book=书, recipe card=食谱卡, garden=花园, greenhouse=温室, boat=船, flight plan=飞行计划, cabin=小屋, barn=谷仓, cow=奶牛, horse=马, chicken coop=鸡舍, beehive=蜂箱, well=水井, solar panel=太阳能板, meter=电表, elevator=电梯, gate=闸门, camera feed=监控画面, guest list=宾客名单, wedding plan=婚礼计划, donation=捐款, loan=贷款, mortgage=房贷, insurance=保险, refund request=退款申请, complaint=投诉, appointment=预约, prescription=处方, lab result=化验结果, x-ray=X光片, blood sample=血样, bed=床位, ward=病房, shift=班次, timesheet=工时表, expense=报销, receipt=收据, purchase=采购单, quote=报价, lead=线索, deal=交易, deck=幻灯片, meeting room=会议室, agenda=议程, minutes=会议纪要, mailbox=邮箱, newsletter=通讯, subscription=订阅, password=密码, certificate=证书, firewall rule=防火墙规则, container=容器, database=数据库, index=索引, snapshot=快照, log file=日志文件, metric=指标, alert=警报, incident=事故, release=版本, build=构建, commit=提交, pull request=合并请求, comment=评论, thread=话题, forum=论坛, poll=投票, quiz=测验, badge list=徽章列表, level=关卡, character=人物, weapon=武器, spell=法术, card=卡片, puzzle=拼图, song list=歌单, instrument=乐器, gallery=画廊, painting=画, statue=雕像, museum pass=博物馆票, stadium=体育场, match=比赛, league=联赛, workout=锻炼, diet=饮食计划, weight log=体重记录, sleep log=睡眠记录, mood=心情, habit=习惯, goal=目标, wish=愿望, gift=礼物, party=聚会, costume=服装, dress=裙子, jacket=外套, shoe=鞋子, ring=戒指, watch strap=表带, sofa=沙发, carpet=地毯, mirror=镜子, vase=花瓶, candle=蜡烛, drawer=抽屉, cupboard=橱柜, fridge=冰箱, stove=炉灶, pan=锅, knife=刀, bottle=瓶子, barrel=桶, crate=箱子, pallet=托盘, forklift=叉车, crane=起重机, conveyor=传送带, turbine=涡轮机, generator=发电机, battery=电池, cable=电缆, antenna=天线, satellite=卫星, telescope=望远镜, microscope=显微镜, drill=钻机, mine=矿井, bridge=桥, tunnel=隧道, road=道路, lane=车道, traffic light=红绿灯, bus stop=公交站, airport gate=登机口, luggage=行李, passport=护照, ferry=渡轮, harbor=港口, lighthouse=灯塔, river=河, lake=湖, forest=森林, trail=步道, campsite=营地, cave=洞穴, island=岛
"""

ADJECTIVES = "red blue old new big small fast slow quiet loud green bright dark fresh cold warm lucky happy secret golden silver empty broken spare weekly daily main second third north south upper lower left right front back inner outer wooden plastic shiny sweet salty early late final local public private hidden royal tiny giant double single".split()


def _verbs():
    for line in VERB_LINES.strip().splitlines():
        verb, synonyms, chinese = line.split("=")
        yield verb, synonyms.split(","), chinese.split(",")


def _nouns():
    for entry in NOUN_LINES.replace("\n", " ").split(","):
        noun, chinese = entry.strip().split("=")
        yield noun, chinese


VERBS = list({verb: (verb, synonyms, chinese) for verb, synonyms, chinese in _verbs()}.values())
NOUNS = list(_nouns())

# Common characters: each becomes one token, and invented Chinese words are made of them.
HANZI = "的一是不了在人有我他这个们中来上大为和国地到以说时要就出会可也你对生能而子那得于着下自之年过发后作里用道行所然家种事成方多经么去法学如都同现当没动面起看定天分还进好小部其些主样理心她本前开但因只从想实日军者意无力它与长把机十民第公此已工使情明性知全三又关点正业外将两高间由问很最重并物手应战向头文体政美相见被利什二等产或新己制身果加西斯月话合回特代内信表化老给世位次度门任常先海通教儿原东声提立及比员解水名真论处走义各入几口认条平系气题活尔更别打女变四神总何电数安少报才结反受目太量再感建务做接必场件计管期市直德资命山金指克许统区保至队形社便空决治展马科司五基眼书非则听白却界达光放强即像难且权思王象完设式色路记南品住告类求据程北边死张该交规万取拉格望觉术领共确传师观清今切院让识候带导争运笔客厅卧室厨房灯调亮暗度窗帘空调风扇温热冷水电视音量播放歌曲暂停继续提醒闹钟设置取消删除添加查询天气预报买卖票订酒店餐馆菜单送到外卖快递包裹发消息邮件短信翻译英语词典意思计算加减乘除等于多少换算单位公里米厘斤克升美元欧元人民币汇率股票价格新闻搜索网页文件读写打开关闭锁门解车库花园浇草坪喂猫狗鱼药量血压体重步跑睡眠日历会议安排明昨早晚午夜周星期月号点分钟秒小半请帮忙谢谢可以吗怎么样什么哪里谁为吧呢啊查找显示列出修改更新重启停止启动服务器数据库表格记录用户客户订单支付退款密码账户登录注册图片照片视频音乐电影书游戏比赛球队得分导航路线公交地铁火车飞机航班出发到达车站机场附近最近银行医院学校超市药店邮局家具衣服鞋子帽颜色红蓝绿黄黑紫粉橙大小温湿空气质量花鸟虫森林湖江河岛桥楼层电梯办公桌椅杯瓶盘碗筷刀叉盐糖油醋米饭面包牛奶鸡蛋肉苹果香蕉橙汁茶咖啡啤酒"
HANZI = "".join(dict.fromkeys(HANZI))
