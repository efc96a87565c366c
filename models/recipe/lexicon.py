"""Verbs and nouns with their synonyms and Chinese counterparts, from which tools are put together that no one wrote down.

A verb is `tool words | what people say | Chinese`: the tool is called by the first, people ask with the second, where
{n} is the thing (alone it means "VERB the THING"). A noun is `tool words > narrower words = Chinese`: people may use any of
them. So the model learns which words belong together, which no tokens of a name can tell it.
"""

VERB_LINES = """
create,add,make,new | create,make,add,set up,I need a new {n},we need another {n},can I have a new {n},let's have a {n},put in a {n} | 创建{n},新建{n},加一个{n},我要一个新{n}
delete,remove,erase | delete,remove,get rid of,drop,throw away,erase,I don't need the {n} any more,the {n} can go,away with the {n},take out the {n} | 删除{n},删掉{n},去掉{n},{n}不要了
update,edit,change,modify | update,change,modify,edit,adjust,make changes to,the {n} is out of date,fix up the {n},the {n} has changed | 更新{n},修改{n},改一下{n},{n}变了
get,show,fetch,view | show me the {n},give me the {n},get,fetch,what is the {n},let me see the {n},I want to see the {n},what does the {n} look like,how is the {n},tell me the {n},look up the {n} | 获取{n},看看{n},给我看{n},{n}怎么样,{n}是什么
list,show all,get all | list,show all {n}s,which {n}s are there,what {n}s do we have,all {n}s please,do I have any {n}s,give me every {n},my {n}s,how do the {n}s look | 列出{n},显示所有{n},有哪些{n},我的{n}都有什么
find,search,look for | find,search,look for,locate,where is the {n},where did the {n} go,where can I find a {n},is there a {n},hunt for a {n},I can't find the {n},I am looking for a {n} | 查找{n},找{n},{n}在哪,哪里有{n},搜索{n}
open,unseal | open,open up,the {n} should be open,let me into the {n} | 打开{n},把{n}打开,{n}开一下
close,shut | close,shut,shut down,the {n} should be closed,don't leave the {n} open,I am done with the {n} | 关闭{n},关上{n},把{n}关了
start,launch,run,begin | start,launch,run,begin,kick off,fire up,get the {n} going,turn on the {n},the {n} may begin,let the {n} run | 启动{n},开始{n},运行{n},让{n}跑起来
stop,end,halt | stop,end,halt,kill,make the {n} stop,no more {n},enough of the {n},turn off the {n},the {n} must not go on | 停止{n},停掉{n},结束{n},{n}别再开了
pause,suspend,hold | pause,hold,suspend,put the {n} on hold,wait with the {n},take a break from the {n} | 暂停{n},{n}先停一下,{n}等会儿
resume,continue | resume,continue,carry on with,go on with,pick up the {n} again,the {n} can go on | 继续{n},恢复{n},{n}接着来
check,inspect,examine | check,have a look at,inspect,examine,is the {n} ok,is anything wrong with the {n},how is the {n} doing,does the {n} work,see if the {n} is fine | 检查{n},看一下{n},{n}正常吗,{n}有没有问题
book,reserve | book,reserve,I'd like a {n},we need a {n},get me a {n},can I have a {n},keep a {n} for me,secure a {n},hold a {n} for us | 预订{n},订{n},我想要{n},帮我留个{n}
cancel,call off | cancel,call off,abort,I can't make it to the {n},we don't need the {n} after all,scrap the {n},forget about the {n} I booked | 取消{n},{n}不去了,撤销{n}
order,buy,purchase | order,buy,get me,purchase,I want to buy a {n},we are out of {n},we need more {n},bring me a {n},I'd like to have a {n},get us some {n} | 订购{n},下单{n},买{n},我要买{n},{n}没有了
track,trace,follow | track,trace,follow,where is my {n},when will the {n} arrive,how far is the {n},has the {n} come yet,any news of the {n},what happened to my {n} | 跟踪{n},追踪{n},我的{n}到哪了,{n}什么时候到
print | print,print out,I need the {n} on paper,run off the {n},a paper copy of the {n},put the {n} on paper | 打印{n},把{n}打出来,{n}打一份
scan,digitize | scan,scan in,make a scan of the {n},digitise the {n} | 扫描{n},{n}扫一下
upload | upload,send up,put the {n} on the server,put the {n} in the cloud | 上传{n},把{n}传上去
download | download,save the {n} locally,get the {n} onto my machine,pull down the {n} | 下载{n},把{n}下下来
rename | rename,give the {n} another name,call the {n} something else,the {n} needs a new name | 重命名{n},给{n}改名
move,relocate | move,shift,relocate,put the {n} somewhere else,the {n} should be elsewhere,bring the {n} over | 移动{n},挪{n},把{n}搬走
copy,duplicate,clone | copy,duplicate,clone,make a second {n},I need the {n} twice,make a copy of the {n} | 复制{n},{n}拷贝一份,再来一份一样的{n}
share,send | share,send,pass on,forward,let others see the {n},give the {n} to someone,I want others to have the {n} | 分享{n},共享{n},把{n}发给别人
archive,store | archive,store away,file away,put the {n} away,keep the {n} for later,the {n} is done and can go to the archive | 归档{n},存档{n},把{n}收起来
restore,recover | restore,bring back,recover,undelete,I want the {n} back,I deleted the {n} by mistake,get the {n} back | 恢复{n},还原{n},把{n}找回来
lock,secure | lock,secure,lock up,nobody should get into the {n},make sure the {n} is locked,bolt the {n} | 锁定{n},锁上{n},把{n}锁好
unlock,release | unlock,let me into the {n},open the lock of the {n},the {n} need not be locked | 解锁{n},把{n}的锁打开
enable,activate,turn on | enable,activate,turn on,switch on,I want the {n} on,the {n} should be on,put the {n} on | 启用{n},开启{n},把{n}打开
disable,deactivate,turn off | disable,deactivate,turn off,switch off,I want the {n} off,the {n} should be off,no {n} please | 禁用{n},停用{n},把{n}关掉
restart,reboot,reset | restart,reboot,reset,turn the {n} off and on again,the {n} hangs,give the {n} a fresh start,the {n} is stuck | 重启{n},重置{n},{n}卡住了
install | install,set up,put the {n} on this machine,I want to have the {n} here | 安装{n},装上{n}
uninstall | uninstall,take the {n} off this machine,I don't want the {n} installed any more | 卸载{n},把{n}卸了
rate,score,review | rate,score,review,give the {n} stars,what I thought of the {n}: ,my opinion of the {n} | 评分{n},给{n}打分,评价{n}
approve,accept | approve,accept,confirm,sign off the {n},the {n} is fine with me,say yes to the {n},the {n} gets my ok | 批准{n},通过{n},同意{n}
reject,decline,refuse | reject,decline,refuse,turn down,say no to the {n},I don't agree with the {n},the {n} is not accepted | 拒绝{n},驳回{n},不同意{n}
assign,allocate | assign,hand over,the {n} goes to,let someone take the {n},who takes the {n}? put down | 分配{n},指派{n},把{n}交给
invite | invite,ask to come,bring along,I want to have the {n} there,send an invitation to the {n} | 邀请{n},叫上{n}
block,ban | block,ban,shut out,I don't want to hear from the {n},keep the {n} out,stop the {n} from contacting me | 拉黑{n},屏蔽{n},封掉{n}
mute,silence | mute,silence,quiet the {n},no sound from the {n},the {n} is too noisy,shut up the {n} | 静音{n},让{n}别出声
export | export,dump,get the {n} out as a file,save the {n} to a file,I need the {n} as a file | 导出{n},把{n}存成文件
import | import,load,read in the {n},bring in the {n} from a file | 导入{n},把{n}读进来
measure,gauge | measure,gauge,how big is the {n},take the measure of the {n},get a reading of the {n} | 测量{n},量一下{n},{n}有多大
count | count,tally,how many {n}s are there,the number of {n}s,how many {n}s do we have | 统计{n},数一下{n},有多少{n}
sort,arrange | sort,arrange,put the {n}s in order,the {n}s are in a mess | 排序{n},整理{n}
merge,combine | merge,join,combine,put the {n}s together,make one {n} of them | 合并{n},把{n}并起来
split,divide | split,divide,break up the {n},cut the {n} in parts | 拆分{n},把{n}分开
publish,release | publish,release,post,put out the {n},make the {n} public,the {n} can go live | 发布{n},公开{n},把{n}放出去
schedule,plan | schedule,plan,arrange,set a date for the {n},when shall we have the {n}? put it down,fix a time for the {n} | 安排{n},计划{n},定个{n}
rent,hire | rent,hire,I need a {n} for a while,borrow a {n} for money,a rental {n} please | 租{n},租用{n},租个{n}
register,enroll | register,sign up,enrol,put me down for the {n},I want to join the {n} | 注册{n},登记{n},报名{n}
verify,validate | verify,validate,confirm,is the {n} genuine,make sure the {n} is right,is the {n} valid | 验证{n},核实{n},{n}是真的吗
paint | paint,colour,give the {n} a new colour,the {n} needs some paint | 粉刷{n},给{n}上色
clean,wash | clean,wash,tidy,wipe,the {n} is dirty,the {n} is filthy,make the {n} shine,the {n} needs a wash | 清洁{n},打扫{n},洗{n},{n}脏了
pin | pin,stick,keep the {n} on top,fix the {n} at the top | 置顶{n},把{n}钉住
tag,label,mark | tag,mark,label,put a label on the {n},flag the {n} | 标记{n},给{n}贴标签
encrypt | encrypt,scramble,make the {n} unreadable for others,protect the {n} with a key | 加密{n},给{n}加密
compress,zip | compress,zip,shrink,make the {n} smaller,the {n} is too big | 压缩{n},把{n}打包
deploy,roll out | deploy,roll out,ship,bring the {n} live,put the {n} into production | 部署{n},上线{n}
feed | feed,give food to the {n},the {n} is hungry,the {n} needs food,the {n} wants to eat | 喂{n},{n}饿了,给{n}吃的
water,irrigate | water,irrigate,the {n} is dry,the {n} is thirsty,give the {n} some water,sprinkle the {n} | 浇{n},给{n}浇水,{n}干了
sync,synchronize | sync,synchronise,bring the {n} up to date everywhere,make the {n} the same on both | 同步{n},{n}同步一下
trigger,fire | trigger,fire,set off,make the {n} happen,let the {n} go off | 触发{n},让{n}执行
refund,reimburse | refund,pay back,I want my money back for the {n},return the money for the {n},give back what the {n} cost | 退款{n},{n}退钱,把{n}的钱退了
calibrate,tune | calibrate,adjust,tune,the {n} is off,the {n} is not accurate | 校准{n},调校{n},{n}不准了
record,log,track | record,log,write down,note,keep a note of the {n},put the {n} on record | 记录{n},记下{n},登记{n}
describe,explain | describe,explain,tell me about the {n},what is a {n},I want to know more of the {n},details of the {n} | 描述{n},介绍{n},说说{n}
charge,recharge | charge,top up,the {n} is empty,the {n} is low,plug in the {n},fill the battery of the {n} | 充电{n},给{n}充电,{n}没电了
empty,clear | empty,clear,flush,the {n} is full,take everything out of the {n} | 清空{n},倒{n},{n}满了
fill,refill | fill,refill,top up,the {n} is nearly empty,put more in the {n} | 加满{n},填充{n},{n}快空了
repair,fix | repair,fix,mend,the {n} is broken,the {n} does not work,something is wrong with the {n}, have it fixed | 维修{n},修理{n},{n}坏了
test,try | test,try out,see how the {n} does,run a test of the {n} | 测试{n},试一下{n}
attach,connect | attach,connect,hook up,link,plug the {n} in,join the {n} to it | 连接{n},接上{n}
detach,disconnect | detach,disconnect,unhook,unplug,separate the {n} | 断开{n},拔掉{n}
subscribe | subscribe,sign up for,I want to get the {n} regularly,follow the {n} | 订阅{n},关注{n}
unsubscribe | unsubscribe,opt out of,I don't want the {n} any more,stop sending me the {n} | 退订{n},不想再收{n}
borrow,lend | borrow,lend me,take out,may I have the {n} for a while,I'd like to borrow the {n} | 借{n},借阅{n},{n}能借我吗
return,give back | return,give back,send back,bring back,I am done with the {n} and want to return it | 归还{n},退回{n},还{n}
ship,dispatch | ship,send out,dispatch,the {n} must go out,put the {n} in the mail | 发货{n},寄{n}
pay,settle | pay,settle,pay for,I owe money for the {n},the {n} is due | 支付{n},付{n},{n}该交钱了
rotate,turn | rotate,turn,spin,turn the {n} around,the {n} is upside down | 旋转{n},转{n},{n}反了
resize,scale | resize,scale,make the {n} another size,the {n} has the wrong size | 调整{n}大小,缩放{n}
sell | sell,put up for sale,I want to get rid of the {n} for money,find a buyer for the {n} | 出售{n},卖{n}
heat,warm | heat,warm up,warm,the {n} is cold,the {n} is too cold,make the {n} warmer | 加热{n},{n}太冷了
cool,chill | cool,chill,cool down,the {n} is too hot,make the {n} colder | 冷却{n},{n}太热了
report,flag | report,flag,tell someone about the {n},there is a problem with the {n},I want to complain about the {n} | 举报{n},上报{n},{n}有问题
submit,hand in | submit,hand in,turn in,my {n} is ready to go in,file the {n} | 提交{n},交{n}
grade,assess | grade,mark,assess,how good is the {n},give the {n} a grade | 批改{n},评{n}
transfer | transfer,move over,hand over,send across | 转移{n},转{n}
freeze,suspend | freeze,suspend,block for now,my {n} was stolen,I lost my {n} | 冻结{n},{n}丢了
renew,extend | renew,extend,prolong,the {n} runs out,the {n} expires,I want to keep the {n} longer | 续期{n},续{n},{n}快到期了
estimate | estimate,guess,work out,roughly how much is the {n},what would the {n} cost | 估算{n},估计{n}
compare | compare,contrast,which {n} is better,what is the difference between the {n}s | 比较{n},对比{n},哪个{n}更好
monitor,watch | monitor,watch,keep an eye on,observe,tell me if the {n} changes,look after the {n} | 监控{n},盯着{n},关注{n}
summarize | summarize,sum up,give me the short version of the {n},what is the {n} about,the gist of the {n} | 总结{n},概括{n}
notify,alert | notify,alert,tell,inform,let the {n} know,warn the {n} | 通知{n},告诉{n},提醒{n}
adjust,set | adjust,set,tune,regulate,the {n} is not right,bring the {n} to | 调节{n},设置{n},调{n}
park | park,put the {n} in the lot,leave the {n} there | 停{n},停放{n}
deliver | deliver,bring,drop off,take the {n} there,have the {n} brought | 送{n},派送{n},把{n}送过去
collect,pick up | collect,pick up,fetch,have the {n} picked up,someone should get the {n} | 取{n},领{n},把{n}取回来
convert | convert,turn the {n} into something else,change the {n} to,transform | 转换{n},把{n}换成
generate | generate,produce,come up with a {n},make me a {n},give me a random {n} | 生成{n},产生{n}
backup,save | back up,save,keep the {n} safe,make a safety copy of the {n} | 备份{n},保存{n}
"""

NOUN_LINES = """
account/profile>login=账户,账号 | album/photo album=相册 | article/essay>blog entry,write-up=文章 | asset/property>holding=资产 | backup/safety copy=备份 | badge/medal>award=徽章 | bike/bicycle>mountain bike,e-bike=自行车 | branch/fork=分支 | budget/spending plan=预算 | bus/coach>shuttle=公交车 | campaign/promotion>ad,marketing push=活动 | channel/feed=频道 | chart/graph>diagram,plot=图表 | claim=理赔 | class/course/lesson>seminar,training=课程,课 | customer/client>buyer,shopper=客户,顾客 | cluster=集群 | coupon/voucher>discount code,gift card=优惠券 | dashboard/overview=仪表盘 | dataset/data set=数据集 | desk/workplace=工位,桌子 | document/file/paper>pdf,letter=文档,文件 | driver/chauffeur=司机 | engine/motor=引擎,发动机 | folder/directory=文件夹 | form/questionnaire=表单 | game>board game,video game=游戏 | group/team/crew=群组,团队 | house/home>flat,apartment,villa=房子 | image/picture/photo>snapshot,selfie=图片,照片 | invoice/bill=发票,账单 | issue/problem/bug>defect,glitch=问题 | job/task>chore,errand,to-do=任务,待办 | key>spare key=钥匙 | letter/mail=信 | license/permit=许可证 | machine/device>appliance,gadget=机器,设备 | map/plan=地图 | meal/food>lunch,dinner,breakfast=餐,饭 | member/participant=会员,成员 | menu=菜单 | network/wifi>wireless,internet=网络 | order>purchase=订单 | package/parcel>box,delivery=包裹,快递 | page/website>site=页面,网站 | parking/parking spot>parking space=车位 | patient>sick person=病人 | payment/transaction>money transfer=付款,交易 | playlist>song list,mix=歌单 | policy=政策 | pool/swimming pool=泳池 | post/message>tweet,note=帖子,消息 | printer=打印机 | product/item/article>goods,thing=产品,商品 | project=项目 | queue/waiting line=队列 | record/entry=记录 | report/analysis=报告 | request=请求 | robot>vacuum robot,mower=机器人 | route/way>path=路线 | sample/specimen=样本 | script/program=脚本,程序 | sensor/detector>thermometer=传感器 | server/host>machine=服务器 | session=会话 | shelf/rack=架子 | shipment/cargo>freight=货物 | shop/store>market,boutique=商店 | slot/time slot=时段 | station/stop=车站 | stock/inventory>supplies=库存 | story/tale>fairy tale=故事 | student/pupil>learner=学生 | survey/poll>vote=问卷,投票 | table>dining table=桌位 | tank/container>cistern=水箱 | template/pattern=模板 | tent=帐篷 | test/exam>quiz=测试,考试 | ticket/pass>entry=票 | token/access key=令牌 | tool/instrument>hammer,wrench=工具 | tour/excursion>sightseeing,outing=游览 | trailer=拖车 | train>express,railway=火车 | tree>oak,apple tree,bush=树 | trip/journey>travel,holiday=行程,旅行 | truck/lorry>van=卡车 | vaccine/vaccination>shot,jab=疫苗 | vendor/supplier=供应商 | video/clip>movie,film=视频 | wallet/purse=钱包 | warehouse/depot=仓库 | webhook=钩子 | window/pane=窗户 | worker/employee>staff,colleague=工人,员工 | zone/area>district=区域 | contract/agreement=合同 | salary/wage>pay,paycheck=工资 | book/volume>novel=书 | garden/yard>lawn=花园 | greenhouse/glasshouse=温室 | boat/ship>yacht,kayak=船 | cabin/hut>lodge=小屋 | barn/stable=谷仓 | cow/cattle>calf=奶牛 | horse>pony,mare=马 | chicken/hen>poultry,rooster=鸡 | bee/hive>beehive=蜂箱 | well/fountain=水井 | solar panel/panel=太阳能板 | meter/gauge=电表 | elevator/lift=电梯 | gate/barrier>turnstile=闸门 | camera/webcam>cctv=摄像头 | guest/visitor>company=客人,访客 | wedding/marriage=婚礼 | donation/gift>contribution=捐款 | loan/credit>mortgage=贷款 | insurance/cover=保险 | complaint/grievance=投诉 | appointment/meeting>session,date=预约,会面 | prescription/medication>pills,drugs,medicine=处方,药 | lab result/blood test=化验结果 | bed/bunk=床位 | shift/duty>roster=班次 | timesheet/working hours=工时表 | expense/cost>spending=报销,费用 | receipt/proof of purchase=收据 | quote/offer>price offer=报价 | lead/prospect=线索 | deck/slides>presentation=幻灯片 | room/hall>conference room,office=房间,会议室 | agenda/schedule>timetable=议程 | mailbox/inbox=邮箱 | newsletter/bulletin=通讯 | subscription/membership>plan=订阅,会员 | password/passcode>pin,secret=密码 | certificate/diploma=证书 | firewall/firewall rule=防火墙 | container/image=容器 | database/table=数据库 | snapshot/checkpoint=快照 | log/log file>journal=日志 | metric/figure>number,statistic=指标 | alert/alarm>warning,siren=警报 | incident/accident>outage,crash=事故 | release/version>build=版本 | commit/change=提交 | comment/remark>feedback=评论 | thread/discussion>topic=话题 | forum/board=论坛 | level/stage=关卡 | character/hero>avatar=人物 | weapon/sword=武器 | spell/magic=法术 | card/deck=卡片 | puzzle/riddle>crossword=拼图 | instrument>piano,guitar,violin=乐器 | gallery/exhibition>show=画廊,展览 | painting/artwork>portrait=画 | statue/sculpture=雕像 | museum=博物馆 | stadium/arena=体育场 | match/game>fixture=比赛 | league/tournament>cup=联赛 | workout/exercise>training,gym=锻炼 | diet/nutrition plan=饮食计划 | weight/body weight=体重 | sleep/night's rest=睡眠 | mood/feeling=心情 | habit/routine=习惯 | goal/target>aim=目标 | wish/dream=愿望 | gift/present>surprise=礼物 | party/celebration>birthday=聚会 | costume/outfit>suit=服装 | dress/skirt=裙子 | jacket/coat>anorak=外套 | shoe/boot>sneakers=鞋子 | ring/jewel>necklace,earring=戒指 | watch/clock=手表 | sofa/couch=沙发 | carpet/rug=地毯 | mirror=镜子 | vase=花瓶 | candle=蜡烛 | drawer=抽屉 | cupboard/cabinet>closet,wardrobe=橱柜 | fridge/refrigerator>freezer=冰箱 | stove/cooker>hob,range=炉灶 | oven>microwave=烤箱 | pan/pot>saucepan=锅 | knife/blade=刀 | bottle/flask=瓶子 | barrel/cask=桶 | crate/box=箱子 | pallet=托盘 | forklift=叉车 | crane=起重机 | conveyor/belt=传送带 | turbine=涡轮机 | generator=发电机 | battery/accumulator=电池 | cable/wire=电缆 | antenna/aerial=天线 | satellite=卫星 | telescope=望远镜 | microscope=显微镜 | drill=钻机 | mine/pit=矿井 | bridge=桥 | tunnel=隧道 | road/street>highway,motorway=道路 | traffic light/signal=红绿灯 | airport/terminal=机场 | luggage/baggage>suitcase,bag=行李 | passport/id card=护照 | ferry=渡轮 | harbor/port>marina=港口 | lighthouse=灯塔 | river/stream>creek=河 | lake/pond=湖,池塘 | forest/wood>grove=森林 | trail/hike>hiking path=步道 | campsite/camp>pitch=营地 | cave=洞穴 | island=岛 | beach/coast>seaside=海滩 | mountain/peak>summit=山 | weather/forecast>rain,sun=天气 | temperature/heat=温度 | humidity/moisture=湿度 | air quality/pollution>smog=空气质量 | light/lamp>bulb,lantern=灯 | heating/heater>radiator=暖气 | air conditioning/ac>cooling=空调 | fan/ventilator=风扇 | blind/shutter>curtain,shade=窗帘 | door>front door,entrance=门 | garage=车库 | lock/latch=锁 | washing machine/washer>laundry=洗衣机 | dishwasher>dishes=洗碗机 | vacuum/hoover=吸尘器 | coffee machine/espresso machine>coffee=咖啡机 | kettle=水壶 | toaster=烤面包机 | television/tv>telly=电视 | radio/receiver=收音机 | speaker/loudspeaker>stereo=音箱 | headphones/headset=耳机 | phone/telephone>mobile,cellphone=电话,手机 | computer/laptop>pc,notebook=电脑 | keyboard=键盘 | screen/monitor>display=屏幕 | mouse=鼠标 | car/vehicle>automobile=车,汽车 | scooter/moped=滑板车 | motorbike/motorcycle=摩托车 | tire/wheel=轮胎 | fuel/petrol>gas,diesel=燃料,汽油 | flight/plane>airplane=航班,飞机 | hotel/hostel>inn=酒店 | restaurant/diner>bistro,eatery=餐厅 | bar/pub=酒吧 | bakery/baker>bread=面包店 | butcher/meat shop>meat=肉店 | pharmacy/drugstore>chemist=药店 | hospital/clinic=医院 | doctor/physician>gp=医生 | dentist/tooth doctor>tooth=牙医 | nurse/carer=护士 | vet/animal doctor=兽医 | school/academy=学校 | university/college=大学 | teacher/tutor>instructor=老师 | library=图书馆 | bank=银行 | post office=邮局 | police=警察 | fire brigade/fire department=消防队 | church/chapel=教堂 | cinema/movie theater=电影院 | theater/playhouse>play,opera=剧院 | concert/gig>show=音乐会 | festival/fair=节日 | zoo/animal park=动物园 | park/playground=公园 | gym/fitness club=健身房 | sauna/steam bath=桑拿 | hairdresser/barber>haircut=理发 | massage/spa=按摩 | plumber/pipe fitter>pipe=水管工 | electrician=电工 | cleaner/maid>cleaning lady=清洁工 | babysitter/nanny>childcare=保姆 | pet/animal>cat,dog,rabbit=宠物 | cat/kitten=猫 | dog/puppy=狗 | bird/parrot>canary=鸟 | fish/goldfish=鱼 | plant/flower>roses,tulips,orchid=植物,花 | vegetable>carrots,tomatoes=蔬菜 | fruit>apples,pears,berries=水果 | milk/dairy>cheese,yoghurt=牛奶 | bread/loaf>rolls,toast=面包 | meat/steak>beef,pork=肉 | cake/pastry>pie,muffin=蛋糕 | pizza/pasta>spaghetti=披萨 | drink/beverage>juice,soda=饮料 | beer/ale=啤酒 | wine>red wine=葡萄酒 | tea=茶 | recipe/cooking instructions>dish=菜谱 | ingredient/spice=食材 | shopping list/grocery list>groceries=购物清单 | calendar/diary>planner=日历 | event/occasion>happening=活动,事件 | reminder/memo>heads-up=提醒 | timer/countdown=计时器 | alarm/wake-up call=闹钟 | note/memo>jotting=笔记 | contact/address book entry>phone number=联系人 | email/mail=邮件 | text message/sms=短信 | call/phone call>conversation=通话 | voicemail/voice message=语音留言 | fax=传真 | news/headline>press=新闻 | song/track>tune,music=歌,音乐 | podcast/episode>show=播客 | audiobook=有声书 | lyrics/song text=歌词 | language/tongue=语言 | word/term>expression=词 | translation=翻译 | dictionary/glossary=词典 | definition/meaning=定义 | poem/verse>rhyme=诗 | joke/pun=笑话 | fact/trivia=知识 | number/figure=数字 | equation/formula>sum=算式 | currency/money>dollars,euros=货币 | exchange rate/rate=汇率 | share/stock>equity=股票 | tax/duty>levy=税 | price/cost>fee=价格 | discount/sale>bargain=折扣 | auction/bid=拍卖 | rent/lease=租金 | electricity/power>energy,current=电 | water/tap>shower=水 | gas=煤气 | garbage/trash>rubbish,waste=垃圾 | recycling/bottle bank=回收 | roof/ceiling=屋顶 | wall=墙 | floor/ground=地板 | stairs/staircase>steps=楼梯 | kitchen=厨房 | bathroom/restroom>toilet,loo=浴室 | bedroom=卧室 | basement/cellar=地下室 | attic/loft=阁楼 | balcony/terrace>patio=阳台 | fence/hedge=围栏 | neighbor/people next door=邻居 | child/kid>son,daughter=孩子 | parent/mother>father,mum,dad=父母 | friend/buddy>pal=朋友 | boss/manager>chief=老板 | lawyer/attorney>solicitor=律师 | judge/court=法庭 | ticket machine/vending machine=自动售货机 | subway/metro>underground,tube=地铁 | tram/streetcar=电车 | taxi/cab>ride=出租车 | toll/road charge=过路费 | speed/velocity=速度 | distance/mileage=距离 | location/position>whereabouts=位置 | direction/heading=方向 | compass=指南针 | tide/high water>ebb,low water=潮汐 | wave/surf>swell=浪 | wind/breeze>storm,gale=风 | snow/ice>skiing=雪 | moon/lunar phase=月亮 | star/constellation=星星 | planet=行星 | earthquake/tremor=地震 | flood/high water=洪水 | fire/blaze>smoke=火 | drone/quadcopter=无人机 | rocket/spacecraft=火箭 | code/source code=代码 | function/method=函数 | repository/repo=仓库 | pipeline/workflow=流水线 | permission/access right=权限 | user/person=用户 | role/position=角色 | secret/credential=密钥 | domain/web address=域名 | link/url=链接 | cache/buffer=缓存 | index/register=索引 | cart/basket=购物车 | wishlist/favorites=愿望单 | review/rating>stars=评价 | refund/reimbursement=退款 | warranty/guarantee=保修 | blood/blood donation=血液 | blood pressure=血压 | heart rate/pulse=心率 | allergy/intolerance=过敏 | symptom/complaint>cough,headache=症状 | calorie/energy intake=卡路里 | step count/steps>walking=步数 | run/jog=跑步 | yoga/meditation=瑜伽 | ski pass/lift pass=滑雪票 | squash court/tennis court>court=球场 | golf/tee time=高尔夫 | bowling/bowling alley=保龄球 | chess/chess game=国际象棋 | choir/chorus>singers=合唱团 | band/orchestra=乐队 | dance/ballet=舞蹈 | costume rental=服装租赁 | tool rental=工具租赁 | storage/locker>deposit box=储物柜 | moving/removal>relocation=搬家 | paint/colour=油漆 | wood/timber=木材 | stone/brick=石头 | metal/steel=金属 | fabric/cloth>cotton=布 | thread/yarn>wool=线 | pattern/cut=图案 | 3d print/print job=3D打印 | laser cutter=激光切割 | kiln/furnace=窑 | mold/mould=模具 | harvest/crop>wheat,corn=收成 | seed/seedling>sprout=种子 | soil/earth>compost=土壤 | fertilizer/manure=肥料 | tractor/plough=拖拉机 | egg=鸡蛋 | honey=蜂蜜 | sheep/lamb=羊 | pig/piglet=猪 | aquarium/fish tank=鱼缸 | terrarium=生态箱 | kennel/dog house=狗窝
"""

ADJECTIVES = "red blue old new big small fast slow quiet loud green bright dark fresh cold warm lucky happy secret golden silver empty broken spare weekly daily main second third north south upper lower left right front back inner outer wooden plastic shiny sweet salty early late final local public private hidden royal tiny giant double single".split()


def _verbs():
    for line in VERB_LINES.strip().splitlines():
        words, said, chinese = (part.strip() for part in line.split(" | "))
        # What stands alone is a verb; what has a slot is a sentence.
        yield words.split(","), [s if "{n}" in s else s + " the {n}" for s in said.split(",")], chinese.split(",")


def _nouns():
    for entry in NOUN_LINES.replace("\n", " ").split(" | "):
        words, chinese = entry.strip().split("=")
        own, _, narrower = words.partition(">")
        yield own.split("/"), [w for w in narrower.split(",") if w], chinese.split(",")


# (tool words, what people say, Chinese) and (tool words, narrower words, Chinese)
VERBS = list(_verbs())
NOUNS = list(_nouns())

# Words of everyday life that the lists above may lack: the tokenizer makes them whole.
COMMON_WORDS = """
able about above access according across act active actual add address again against age ago agree ahead air alert all
almost alone along already also always am among amount analysis angle another answer any anybody anyone anything
anyway apart appear apply area around arrival arrive as ask aside asleep assist attach attempt attend audio automatic
available average avoid await aware away background bad balance base basic basis be bear beautiful because become
before begin behind being believe below belt best better between beyond big bit bite body boil boot border born both
bottom bound brand break brief bright bring broken brown browse build burn business busy but button by call called
calm can capacity care careful carry case cash catch cause center central certain chain chair chance change chapter
charge cheap check chief choice choose circle city claim clear clever click climb close closed cloud coast cold
collect color come comfort command common community company complete condition confirm connect consider contact
contain content continue control cool copy corner correct cost could count country couple cover crash create critical
cross crowd current custom cut cycle daily damage danger dark data date day days dead deal dear death decide deep
default degree degrees delay delete demand department depend depth describe design desired detail details detect
developer device die difference different difficult direct disk dish display distance do does done double down draft
draw drink drive drop dry due during each early earn earth ease east easy eat edge edit effect eight either electric
else employee empty enable end energy enjoy enough enter entire entry environment equal error especially estimate even
evening event ever every everyone everything evil exact example except exchange excuse exist expect expire extra eye
face fact factory fail fair fall false family famous far farm fast fault favorite feature feel feet female few field
fifteen fifty figure fill final finance find fine finger finish first fit five fix flag flat flow fly focus follow
foot for force foreign forget form format former forty forward found four frame free fresh friend from front full
fully fun function further future gain gallon game garden gas general generate get girl give given glad glass go goal
going gold good grade gram grand great green ground group grow guess guide half hand handle hang happen happy hard has
hat have having head health hear heart heavy height hello help her here hers high hill him his history hit hold hole
home hope hot hour hours how huge human hundred hurry hurt idea identify idle if ignore impact import important in
inch include income increase indoor info information inner input inside instead internal international interest into
invite issue item items its join journey judge jump just keep kind king kitchen know known lack lady land large last
late later latest laugh law lay lead leaf learn least leave left leg length less lesson let letter level lie life lift
light like limit line link list listen little live load local location lock long look lose loss lost lot loud love low
lower luck lunch mad main maintain major make male man manage many mark mass master match matter maximum may maybe me
mean medium meet mention method middle might mile miles mind minimum minor minute minutes miss missing mistake mix
mobile mode model moment money month months more morning most mostly motion mouth move moving much music must my name
narrow nation nature near nearby nearest necessary need network never new news next nice night nine no nobody noise
none nor normal north not nothing notice now number object observe occur ocean of off offer office often oil okay old
on once one online only open operate opinion option or order other our out outdoor outer outside over own owner pack
paid pain pair part particular pass past pattern pay peace pen people per percent perfect perform perhaps period
person phase photo pick piece place plain plan plate play please plenty plus point poor popular possible post pound
pounds power practice prefer prepare present press pretty prevent previous price print private prize probably process
produce professional profile progress promise proper protect proud provide public pull purpose push put quality
quantity question quick quickly quiet quite race rain raise random range rate rather raw reach read ready real really
reason receive recent recipient recommend record red reduce refer region regular relate relay remain remember remote
remove rent repeat replace reply report require reserve rest result return reveal rich ride right rise risk road role
roll room rough round row rule run rush sad safe safety salt same sample sand save say scale scene school score sea
search season seat second seconds section see seem select sell send sender sense separate serious serve service set
seven several severe shall shape sharp she shift shine short shot should shout show side sign silent similar simple
since single sister sit site situation six size skill skin sky sleep slow small smart smell smile smoke smooth so soft
software solid solve some somebody someone something sometimes son soon sorry sort sound source south space speak
special speed spell spend spot spring square staff stand standard start state statement status stay steal step stick
still stone stop storage straight strange street strong study stuff style subject success such sudden suggest suitable
sum summer sun supply support suppose sure surface sweet swim switch symbol system take talk tall target task taste
teach team tell ten term text than thank that the their them then there these they thick thin thing think third thirty
this those though thousand three through throw thus tight time times tiny title to today together tomorrow tone
tonight too top total touch toward town track trade traffic train travel treat trip trouble true trust try tube turn
twelve twenty twice two type under understand unit units until up update upon upper urgent us usage use used useful
usual value various verify version very via view visit voice volume wait wake walk wall want warm warn waste watch
water wave way weak wear week weekly weeks weight welcome well west wet what whatever when where whether which while
white who whole whom whose why wide width will win wind wing winter wire wish with within without woman wonder word
work world worry worse worth would write wrong year years yellow yes yesterday yet you young your zero zone recipient
deadline priority duration start_time end_time due_date start_date query keyword filter category subject body amount
quantity currency language source target origin destination departure arrival destination station symbol ticker
latitude longitude username email filename path directory command timezone minutes seconds hours participants
attendees attachment description brightness thermostat celsius fahrenheit kilometers meters kilograms
"""

# Common characters: each becomes one token, and invented Chinese words are made of them.
HANZI = "的一是不了在人有我他这个们中来上大为和国地到以说时要就出会可也你对生能而子那得于着下自之年过发后作里用道行所然家种事成方多经么去法学如都同现当没动面起看定天分还进好小部其些主样理心她本前开但因只从想实日军者意无力它与长把机十民第公此已工使情明性知全三又关点正业外将两高间由问很最重并物手应战向头文体政美相见被利什二等产或新己制身果加西斯月话合回特代内信表化老给世位次度门任常先海通教儿原东声提立及比员解水名真论处走义各入几口认条平系气题活尔更别打女变四神总何电数安少报才结反受目太量再感建务做接必场件计管期市直德资命山金指克许统区保至队形社便空决治展马科司五基眼书非则听白却界达光放强即像难且权思王象完设式色路记南品住告类求据程北边死张该交规万取拉格望觉术领共确传师观清今切院让识候带导争运笔客厅卧室厨房灯调亮暗度窗帘空调风扇温热冷水电视音量播放歌曲暂停继续提醒闹钟设置取消删除添加查询天气预报买卖票订酒店餐馆菜单送到外卖快递包裹发消息邮件短信翻译英语词典意思计算加减乘除等于多少换算单位公里米厘斤克升美元欧元人民币汇率股票价格新闻搜索网页文件读写打开关闭锁门解车库花园浇草坪喂猫狗鱼药量血压体重步跑睡眠日历会议安排明昨早晚午夜周星期月号点分钟秒小半请帮忙谢谢可以吗怎么样什么哪里谁为吧呢啊查找显示列出修改更新重启停止启动服务器数据库表格记录用户客户订单支付退款密码账户登录注册图片照片视频音乐电影书游戏比赛球队得分导航路线公交地铁火车飞机航班出发到达车站机场附近最近银行医院学校超市药店邮局家具衣服鞋子帽颜色红蓝绿黄黑紫粉橙大小温湿空气质量花鸟虫森林湖江河岛桥楼层电梯办公桌椅杯瓶盘碗筷刀叉盐糖油醋米饭面包牛奶鸡蛋肉苹果香蕉橙汁茶咖啡啤酒"
HANZI = "".join(dict.fromkeys(HANZI))
# The characters of GB 2312's first level but those seldom seen: what people write. Each is one token; random strings
# teach to copy them. More would make the vocabulary so large a part of the file that four bits no longer save enough.
RARE = "隘鞍氨跋耙绊蚌谤苞褒狈焙甭迸蓖毙毖庇痹敝辫鳖憋瘪彬濒摈炳钵铂箔帛舶膊埔沧糙茬碴岔诧掺谗阐猖掣澈郴忱侈炽雏矗搐疮捶椿绰疵茨伺囱蹿篡窜瘁淬撮磋歹殆掸郸惮氮祷蹬狄翟嫡掂碘靛佃惦奠碉凋迭谍盯锭侗恫犊妒镀缎囤遁掇哆垛峨讹厄遏鄂扼饵洱珐藩矾钒诽吠酚吩忿汾烽氟涪袱弗釜腑讣阜秆竿肛篙皋搁蛤铬羹埂龚汞沽箍蛊剐褂圭诡癸辊亥邯憨罕翰捍悍焊夯壕嚎呵菏涸褐衡弧瑚唬猾徊桓痪豢涣宦蝗磺惶煌幌恍蛔秽烩讳诲荤豁畸讥稽缉棘蓟悸颊钾荚茧柬硷槛涧铰矫侥剿窖秸睫竭诫襟靳烬粳炯韭疚臼咎咀踞鹃绢撅攫抉钧竣喀咯揩堪糠慷亢炕坷柯磕啃吭抠挎胯侩眶盔岿奎傀馈婪阑谰滥琅榔酪镭儡擂肋棱犁篱漓鲤栗砾痢傈俐沥俩涟粱撩燎潦撂镣霖磷鳞拎伶馏瘤窿陇娄篓陋颅掳虏麓赂潞禄戮峦挛孪滦抡纶箩瞒蔓谩氓卯镁寐锰眯醚靡糜泌幂娩瞄藐抿皿闽螟摹蘑抹沫漠牟拇牡亩募氖挠淖呐馁霓溺蔫拈碾撵捻聂孽啮镊镍涅狞泞钮脓虐疟糯鸥藕沤啪琶湃磐耪咆呸沛抨烹澎蓬硼膨坯砒毗痞譬粕莆圃曝柒沏畦脐祁迄讫掐扦钎乾黔钳遣谴堑呛羌橇锹撬擒沁氰酋泅蛆龋颧醛炔瘸鹊榷冉瓤攘妊纫刃戎熔冗茹蠕孺汝褥阮蕊闰搔涩苫煽赡缮墒裳梢芍韶赊慑砷绅甥虱矢屎拭噬仕恃孰黍庶栓拴舜吮硕朔烁嘶肆巳讼擞僳隋绥祟蓑唆琐獭挞蹋酞坍搪倘绦剔恬腆迢汀酮秃蜕褪鸵陀驮洼烷惋皖枉桅纬渭紊嗡瓮涡斡钨芜毋戊硒矽烯铣匣辖舷涎腺镶霄哮挟泻锌衅邢匈戌嘘酗癣绚殉汛丫阉蜒堰砚唁鸯疡佯漾噎耶腋揖铱壹颐夷胰沂彝蚁矣邑屹臆肄诣绎寅荧佣臃痈雍踊恿铀酉迂淤渝隅峪驭垣辕郧酝砸蚤泽铡詹辗漳瘴肇锗斟甄砧帧吱峙炙痔窒盅诌肘诛瞩贮拽篆椎锥赘谆拙灼酌啄淄滓渍鬃柞"
CHARACTERS = "".join(bytes([high, low]).decode("gb2312") for high in range(0xB0, 0xD8) for low in range(0xA1, 0xFF if high < 0xD7 else 0xFA))
CHARACTERS = "".join(c for c in CHARACTERS if c not in RARE)
