"""What requests are about: names, places, things, times, numbers, codes; English and Chinese.

`Entities(random).get(kind, language)` gives one value as it stands in a user's sentence. About 40 % of the
open kinds are invented words, so that a model trained on them learns to copy instead of to recite.
"""
import re
import string

from lexicon import ADJECTIVES, CHARACTERS, HANZI, NOUNS, VERBS
from values import MORE, PIECES


def words(text):
    return [part.strip() for part in text.replace("\n", " ").split(",") if part.strip()]


# kind: (English values, Chinese values)
POOLS = {kind: (words(en), words(zh)) for kind, (en, zh) in {
    "city": (
        "Paris, London, Berlin, Madrid, Rome, Vienna, Prague, Warsaw, Oslo, Helsinki, Stockholm, Copenhagen, Dublin, Athens, Budapest, Zurich, Geneva, Munich, Hamburg, Milan, Naples, Barcelona, Lyon, Nice, Brussels, Amsterdam, Tokyo, Osaka, Kyoto, Seoul, Beijing, Shanghai, Hong Kong, Singapore, Bangkok, Hanoi, Jakarta, Delhi, Mumbai, Dubai, Cairo, Nairobi, Lagos, Cape Town, New York, Boston, Chicago, Denver, Seattle, San Francisco, Los Angeles, Austin, Miami, Toronto, Montreal, Vancouver, Mexico City, Lima, Santiago, Sydney, Melbourne, Auckland, Istanbul, Moscow, Reykjavik, São Paulo, Rio de Janeiro, Buenos Aires, Tel Aviv, Kraków, Düsseldorf, Las Vegas, St. Louis, Bordeaux, Leipzig",
        "北京, 上海, 广州, 深圳, 成都, 杭州, 武汉, 西安, 南京, 重庆, 天津, 苏州, 长沙, 青岛, 大连, 厦门, 昆明, 哈尔滨, 沈阳, 东京, 巴黎, 伦敦, 纽约, 柏林, 莫斯科, 香港, 台北, 新加坡, 曼谷, 首尔, 罗马, 悉尼",
    ),
    "country": (
        "Germany, France, Spain, Italy, Japan, China, Brazil, Canada, Mexico, India, Poland, Norway, Sweden, Egypt, Kenya, Peru, Greece, Turkey, Austria, Ireland, Iceland, Portugal, Vietnam, New Zealand, South Africa",
        "德国, 法国, 日本, 中国, 美国, 英国, 巴西, 加拿大, 印度, 韩国, 泰国, 埃及, 挪威, 瑞士",
    ),
    "person": (
        "Alice, Bob, Carol, David, Emma, Frank, Grace, Henry, Ivan, Julia, Kevin, Laura, Mike, Nina, Oscar, Paula, Rachel, Sam, Tina, Vera, Walter, Yuri, Zoe, Anna, Ben, Clara, Daniel, Eva, Felix, Hugo, Iris, Jack, Kate, Leo, Maria, Noah, Olga, Peter, Rosa, Simon, Tom, Victor, Wendy, Mom, Dad, mum, my boss, my sister, my wife, my brother, grandma, the team, the landlord, Dr Smith, Mrs Brown, John Miller, Mary Jones, Wei Chen, Li Na, Ahmed Khan, Sofia Rossi, Jean Dupont, Anders Berg, Yuki Tanaka, Priya Patel, Carlos Diaz, Omar Farouk, Lena Fischer, Tomasz Nowak, Uncle Joe, Professor Lang, Nurse Kelly",
        "小明, 小红, 张伟, 王芳, 李娜, 刘洋, 陈静, 杨帆, 赵敏, 妈妈, 爸爸, 老板, 王老师, 李医生, 张经理, 爷爷, 奶奶, 弟弟, 姐姐, 同事, 房东, 周杰, 吴磊, 孙丽, 林小姐",
    ),
    "room": (
        "kitchen, bedroom, living room, bathroom, garage, hallway, office, garden, attic, basement, balcony, dining room, kids room, guest room, porch, cellar, studio, workshop, terrace, pantry, nursery, laundry room, study",
        "客厅, 卧室, 厨房, 书房, 浴室, 阳台, 车库, 走廊, 办公室, 花园, 地下室, 餐厅, 儿童房, 主卧, 客房, 玄关",
    ),
    "thing": (
        "light, lamp, lights, fan, heater, tv, radio, speaker, oven, kettle, humidifier, plug, pump, sprinkler, curtains, blinds, air conditioner, coffee machine, dishwasher, washing machine, router, printer, projector, camera, vacuum, boiler, air purifier, string lights, desk lamp, ceiling light, floor lamp, radiator, toaster, dryer, microwave, fountain, aquarium pump, monitor, electric blanket",
        "灯, 台灯, 风扇, 空调, 电视, 音箱, 窗帘, 加湿器, 热水器, 烤箱, 电饭煲, 洗衣机, 扫地机器人, 插座, 吊灯, 暖气, 空气净化器, 投影仪, 打印机, 摄像头, 路由器, 热水壶",
    ),
    "door": (
        "front door, back door, garage door, main gate, patio door, side entrance, balcony door, shed, cellar door, office door, gate, barn door, car, safe",
        "大门, 前门, 后门, 车库门, 阳台门, 院门, 办公室的门, 保险柜, 储藏室门",
    ),
    "plant": ("tomatoes, roses, basil, lawn, orchids, ficus, cactus, herbs, lemon tree, tulips, strawberry bed, vegetable patch, monstera, hedge", "玫瑰, 番茄, 草坪, 兰花, 绿萝, 多肉, 薄荷, 菜园, 月季"),
    "pet": ("dog, cat, fish, hamster, parrot, rabbit, turtle, Rex, Bella, Luna, Max, Whiskers, the kitten, the puppy", "狗, 猫, 金鱼, 仓鼠, 鹦鹉, 兔子, 小黑, 旺财, 咪咪"),
    "food": (
        "pizza, lasagna, sushi, pad thai, tacos, pancakes, tomato soup, fried rice, beef stew, chicken curry, burger, caesar salad, ramen, apple pie, omelette, mushroom risotto, dumplings, falafel, paella, goulash, banana bread, chocolate cake, fish and chips, noodles, burrito, cheese sandwich, pierogi, onion soup",
        "红烧肉, 宫保鸡丁, 炒饭, 饺子, 牛肉面, 火锅, 麻婆豆腐, 番茄炒蛋, 寿司, 披萨, 汉堡, 小笼包, 烤鸭, 酸辣汤, 蛋糕",
    ),
    "item": (
        "milk, eggs, bread, butter, cheese, apples, bananas, tomatoes, onions, coffee, tea, rice, pasta, olive oil, sugar, flour, chicken, toilet paper, soap, shampoo, batteries, light bulbs, dog food, toothpaste, orange juice, dish soap, paper towels, yogurt, salt, honey, potatoes, carrots, cereal, chocolate, printer ink, running shoes, phone charger, umbrella, garlic, oat milk, sunscreen",
        "牛奶, 鸡蛋, 面包, 苹果, 香蕉, 大米, 咖啡, 茶叶, 洗发水, 牙膏, 纸巾, 电池, 酱油, 西红柿, 土豆, 猫粮, 灯泡, 酸奶, 橙汁, 盐",
    ),
    "task": (
        "call the dentist, buy milk, water the plants, take out the trash, pay the rent, feed the cat, pick up the kids, send the report, walk the dog, renew the passport, clean the kitchen, book the flight, check the oven, take my medicine, submit the invoice, fix the bike, call grandma, back up the server, return the library books, charge the car, buy a birthday gift, sign the contract, wash the car, prepare the slides, cancel the subscription, stretch, drink water, empty the dishwasher, change the filter, review the budget",
        "给妈妈打电话, 买牛奶, 浇花, 倒垃圾, 交房租, 喂猫, 接孩子, 交报告, 遛狗, 吃药, 开会, 取快递, 洗衣服, 给手机充电, 订机票, 关煤气, 写作业, 买菜, 喝水, 提交发票",
    ),
    "note": (
        "the wifi password is blue tiger, buy a new filter for the pump, Anna likes dark chocolate, the meeting moved to room 4, car service is due in May, the spare key is under the pot, check the contract before Friday, the garage code is 4471, the cat eats twice a day, paint the fence in spring, the plumber comes on Tuesday, batteries are in the top drawer, my shoe size is 43, Leo is allergic to nuts, the red cable goes left, the train leaves from platform 9, ask for a discount next time",
        "无线密码是蓝天, 备用钥匙在花盆下面, 会议改到四楼, 小红喜欢黑巧克力, 车位是B12, 周五前检查合同, 冰箱里没有鸡蛋了, 水管工周二来, 孩子对花生过敏, 电池在最上面的抽屉里",
    ),
    "message": (
        "I will be late, dinner is ready, see you at eight, the meeting is cancelled, happy birthday, I'm on my way, call me back, can you bring some bread, thanks for your help, the package arrived, good luck tomorrow, don't wait for me, the car is fixed, we are out of coffee, the train is delayed, I left the keys at home, where are you, the door is open, let's meet at noon, I miss you, please bring the documents, ten more minutes",
        "我会晚点到, 晚饭好了, 会议取消了, 生日快乐, 我在路上了, 给我回电话, 带点面包回来, 谢谢你的帮助, 快递到了, 明天加油, 别等我了, 车修好了, 咖啡喝完了, 钥匙忘在家里了, 你在哪里",
    ),
    "topic": (
        "black holes, cheap flights to Rome, electric cars, roman history, python tutorials, sourdough bread, climate change, football results, solar panels, chess openings, yoga for beginners, coffee brewing, volcanoes, guitar chords, the stock market, space travel, dog training, home insulation, renewable energy, artificial intelligence, vegan recipes, bee keeping, knitting patterns, marathon training, wine tasting, old maps",
        "黑洞, 电动汽车, 唐朝历史, 人工智能, 足球比赛, 咖啡, 太阳能, 瑜伽入门, 股市, 火山, 气候变化, 吉他教程, 减肥方法, 太空旅行, 养狗",
    ),
    "song": (
        "Yesterday, Bohemian Rhapsody, jazz, some jazz, Imagine, Hotel California, Billie Jean, classical music, Miles Davis, the Beatles, Queen, lo-fi beats, Clair de Lune, Purple Rain, Vivaldi, relaxing piano, rock classics, Take Five, Daft Punk, Mozart, techno, Let It Be, Nina Simone, bossa nova, workout playlist, my favourites, Johnny Cash",
        "月亮代表我的心, 茉莉花, 青花瓷, 周杰伦的歌, 古典音乐, 爵士乐, 轻音乐, 儿歌, 小夜曲, 海阔天空, 摇滚, 钢琴曲",
    ),
    "movie": ("Casablanca, The Matrix, Inception, Alien, Amélie, Titanic, Jaws, Metropolis, Spirited Away, Psycho, Gravity, Up, The Godfather, Star Wars, Blade Runner, Toy Story", "大话西游, 霸王别姬, 流浪地球, 泰坦尼克号, 千与千寻, 少年派, 无间道"),
    "book": ("Dune, Emma, Moby Dick, 1984, The Hobbit, Ulysses, Don Quixote, The Trial, Walden, Dracula, War and Peace, Little Women, Brave New World", "红楼梦, 西游记, 三体, 围城, 活着, 水浒传, 小王子, 平凡的世界"),
    "event": (
        "team meeting, dentist, lunch with Anna, yoga class, birthday party, project review, doctor appointment, parents evening, football practice, dinner with Leo, car service, board meeting, job interview, concert, piano lesson, haircut, sprint planning, wedding, book club, flight to Rome, quarterly review, vet visit, movie night, design workshop",
        "团队会议, 看牙医, 和小红吃饭, 瑜伽课, 生日聚会, 项目评审, 家长会, 钢琴课, 理发, 面试, 体检, 婚礼, 足球训练, 部门例会",
    ),
    "phrase": (
        "good morning, thank you very much, where is the station, I love you, how much does it cost, see you tomorrow, the weather is nice, my name is Anna, excuse me, I am hungry, have a nice day, one coffee please, I don't understand, the bill please, good night, happy new year, where are the toilets, can you help me",
        "早上好, 谢谢, 我爱你, 多少钱, 明天见, 我饿了, 今天天气很好, 请给我账单, 晚安, 新年快乐, 我听不懂, 车站在哪里",
    ),
    "language": ("Spanish, French, German, Italian, Japanese, Chinese, Korean, Polish, Russian, Dutch, Swedish, Turkish, Arabic, Portuguese, Greek, English, Latin, Hindi, Czech", "英语, 法语, 德语, 日语, 韩语, 西班牙语, 俄语, 意大利语, 葡萄牙语, 泰语"),
    "word": ("serendipity, ubiquitous, entropy, paradigm, nostalgia, ephemeral, resilience, algorithm, photosynthesis, metaphor, irony, quarantine, diligent, verbose, ambiguous, zenith, obsolete, tranquil, candid, frugal, syntax, ledger, tariff, humble", "熵, 悖论, 范式, 乡愁, 韧性, 算法, 隐喻, 讽刺, 勤奋, 踌躇, 惆怅"),
    "currency": ("USD, EUR, GBP, JPY, CNY, CHF, PLN, SEK, NOK, INR, AUD, CAD, euros, dollars, pounds, yen, francs, rupees, pesos", "美元, 欧元, 人民币, 日元, 英镑, 港币, 韩元, 瑞士法郎"),
    "company": ("AAPL, TSLA, MSFT, GOOG, AMZN, NVDA, NFLX, IBM, INTC, ORCL, SAP, SONY, META, Apple, Tesla, Microsoft, Toyota, Siemens, Nestle, Airbus, Nokia, Volvo", "苹果, 腾讯, 阿里巴巴, 比亚迪, 华为, 茅台, 小米, 京东"),
    "color": ("red, blue, green, yellow, white, orange, purple, pink, warm white, turquoise, gold, violet, cyan, magenta", "红色, 蓝色, 绿色, 黄色, 白色, 橙色, 紫色, 粉色, 暖白色"),
    "team": ("Arsenal, Real Madrid, Bayern, Lakers, Yankees, Juventus, Ajax, the Bulls, Celtic, the Rangers, Warriors, Porto", "湖人队, 皇马, 国安, 恒大, 勇士队, 申花"),
    "table": ("users, customers, orders, products, invoices, employees, books, cars, sensors, devices, tickets, payments, contacts, suppliers, patients, students, rooms, events, logs, projects", "users, customers, orders, products, 客户, 订单, 员工, 学生"),
    "list": ("groceries, todo, wishlist, packing, hardware store, work, weekend, party, books to read, holiday", "购物, 待办, 行李, 愿望, 工作, 周末"),
    "tag": ("work, urgent, family, private, ideas, travel, finance, health, home, school, garden, recipes", "工作, 紧急, 家庭, 旅行, 健康, 财务, 学习"),
    "sport": ("football, tennis, basketball, yoga, swimming, cycling, running, chess, hiking, rowing, boxing", "足球, 网球, 篮球, 游泳, 跑步, 骑车, 羽毛球"),
    "restaurant": ("Luigi's, the Golden Dragon, Chez Marie, Sushi Bar Kyoto, The Old Mill, Blue Elephant, La Piazza, Green Garden, Burger Barn, Café Central", "海底捞, 全聚德, 老四川, 小南国, 外婆家, 绿茶餐厅"),
    "hotel": ("Grand Hotel, the Hilton, Hotel Roma, Sea View Inn, Park Plaza, Alpine Lodge, the Ritz, City Hostel", "如家酒店, 希尔顿酒店, 海景宾馆, 北京饭店"),
    "place": ("the airport, the train station, the office, Central Park, the museum, the nearest pharmacy, the city hall, the beach, the university, home, work, the supermarket, the old bridge, the zoo", "机场, 火车站, 公司, 博物馆, 最近的药店, 市政府, 海边, 大学, 家, 超市, 动物园"),
    "address": ("12 Main Street, 5 Oak Avenue, 221B Baker Street, 48 Elm Road, Hauptstrasse 7, 90 Park Lane, 3 Rue de la Paix, Market Square 1", "人民路12号, 中山路88号, 南京西路5号, 长安街1号"),
    "service": ("nginx, postgres, redis, the web server, the api, billing, auth, search, mailer, worker, frontend, gateway, cron, grafana, checkout", "nginx, postgres, redis, 数据库, 支付服务, 登录服务, 网关"),
    "host": ("web-01, db-02, pi, nas, gateway, build-7, edge-3, backup01, mars, jupiter, alpha, staging, prod-eu-1, localhost, cache-5", "web-01, db-02, nas, 服务器一号, 主机A, staging"),
    "repo": ("moult, website, api-server, mobile-app, docs, infra, data-tools, landing-page, parser, acme/shop, octo/demo", "moult, website, docs, api-server"),
    "branch": ("main, develop, release-2, feature/login, hotfix, staging, fix-tests, v3, experiment", "main, develop, release-2, hotfix"),
    "topic_path": ("home/kitchen/lamp, sensors/door, garden/pump/set, zigbee2mqtt/plug, office/light/cmd, alerts, house/temp", "home/kitchen/lamp, sensors/door, garden/pump"),
    "symptom": ("a headache, back pain, a cough, fever, a sore throat, a runny nose, dizziness, a rash", "头疼, 咳嗽, 发烧, 喉咙痛, 背痛, 头晕"),
    "medicine": ("aspirin, ibuprofen, vitamin D, insulin, the blue pills, antibiotics, cough syrup, iron", "阿司匹林, 维生素C, 布洛芬, 感冒药, 降压药"),
    "exercise": ("push-ups, running, swimming, squats, yoga, cycling, rowing, planks, pull-ups, walking", "跑步, 俯卧撑, 游泳, 深蹲, 瑜伽, 骑车"),
    "vehicle": ("bus, train, tram, ferry, taxi, car, bike, van, scooter, truck", "公交车, 火车, 地铁, 出租车, 自行车, 汽车"),
    "route": ("line 4, the 42, bus 7, tram 11, U2, the red line, S1, route 66, the airport express", "4号线, 42路, 地铁2号线, 7路公交车, 机场快线"),
    "product": ("iPhone, Kindle, office chair, red sneakers, coffee grinder, headphones, winter jacket, standing desk, board game, backpack, electric kettle, bike helmet", "手机, 耳机, 办公椅, 羽绒服, 背包, 电水壶, 键盘, 运动鞋"),
    "genre": ("comedy, horror, drama, thriller, science fiction, romance, documentary, fantasy, western", "喜剧, 恐怖片, 科幻, 爱情片, 纪录片, 动作片"),
    "channel": ("BBC, CNN, channel 5, sports, news, Discovery, MTV, cartoon channel", "中央一台, 体育频道, 新闻频道, 湖南卫视, 少儿频道"),
    "scene": ("movie night, good morning, party, away, dinner, relax, reading, bedtime, work mode, romantic, wake up, guests", "观影, 回家, 离家, 睡觉, 阅读, 聚会, 起床, 用餐"),
    "contact": ("the bank, my dentist, the school, customer support, the plumber, the office, pizza place, city hall", "银行, 学校, 客服, 物业, 医院, 公司前台"),
    "department": ("sales, support, finance, legal, engineering, marketing, HR, logistics", "销售部, 财务部, 人事部, 市场部, 技术部"),
    "date": (
        "today, tomorrow, monday, tuesday, wednesday, thursday, friday, saturday, sunday, next monday, next friday, next week, the 5th of may, march 12, june 3, october 21, 2026-03-14, 2025-12-01, this weekend, tonight, 12/08, May 1st, the 20th, day after tomorrow, next month, this friday, July 4, 3 April, christmas eve, 31.12.2026",
        "今天, 明天, 后天, 周一, 周二, 周三, 周五, 周六, 星期天, 下周一, 下周五, 下周, 五月五号, 3月12日, 6月3日, 10月21日, 2026-03-14, 这个周末, 今晚, 下个月",
    ),
    "day": ("today, tomorrow, monday, tuesday, wednesday, thursday, friday, saturday, sunday, this weekend, tonight, next week, on friday, tomorrow morning", "今天, 明天, 后天, 周一, 周三, 周五, 周末, 今晚, 下周"),
    "condition": ("sunny, cloudy, rainy, windy, snowy, clear, foggy, stormy, partly cloudy, light rain", "晴, 多云, 小雨, 有风, 下雪, 有雾"),
    "status": ("active, open, paid, closed, pending, done, queued, ready, delivered, on the way, delayed, failed, running, idle, offline, online", "已完成, 处理中, 已付款, 待发货, 在线, 离线"),
    "zone": ("Europe/Berlin, America/New_York, Asia/Tokyo, UTC, Asia/Shanghai, Europe/London, Australia/Sydney, America/Los_Angeles, Asia/Kolkata, Africa/Cairo, PST, CET, EST, GMT", "UTC, Asia/Shanghai, 北京时间, Europe/London"),
    "coin": ("bitcoin, ethereum, dogecoin, solana, BTC, ETH, litecoin, monero", "比特币, 以太坊, 狗狗币"),
    "sign": ("aries, taurus, gemini, cancer, leo, virgo, libra, scorpio, sagittarius, capricorn, aquarius, pisces", "白羊座, 金牛座, 双子座, 巨蟹座, 狮子座, 处女座, 天秤座, 天蝎座, 射手座"),
    "station": ("BBC Radio 4, Jazz FM, 98.5, Radio Nova, Klassik Radio, NPR, KEXP, 101.3 FM, Radio Paradise, Rock Antenne", "音乐之声, 交通广播, 98.5, 新闻广播"),
    "poi": ("pharmacy, supermarket, gas station, bakery, hospital, cash machine, park, café, bank, hotel, library, playground, post office, hairdresser, gym, cinema, police station, toilet", "药店, 超市, 加油站, 医院, 咖啡馆, 银行, 公园, 厕所, 图书馆, 电影院"),
    "locatable": ("my phone, my keys, my car, the dog, my wallet, Leo, my tablet, grandpa, the van, my backpack, my bike, my laptop", "我的手机, 我的车, 钥匙, 小狗, 钱包, 平板电脑, 孩子"),
    "complaint": ("it is broken, wrong size, it never arrived, I don't like it, the colour is wrong, it does not work, it came too late, it was damaged, a part is missing", "坏了, 尺寸不对, 没收到, 不喜欢, 颜色错了, 来得太晚, 少了零件"),
    "meetingroom": ("room 4, the blue room, the board room, Einstein, room B12, the big meeting room, Curie, 3.14, the aquarium, room Paris, Newton, conference room 2", "会议室一, 大会议室, 三楼会议室, B12会议室, 小会议室"),
    "doctor": ("the dentist, Dr Weber, the eye doctor, my doctor, Dr Chen, the dermatologist, the pediatrician, Dr Novak, a cardiologist, the physiotherapist", "牙医, 眼科, 内科, 李医生, 皮肤科, 王大夫, 儿科, 骨科"),
    "app": ("Firefox, Chrome, Spotify, Slack, Photoshop, Excel, Word, Zoom, the calculator, the browser, Steam, VS Code, terminal, Outlook, the file manager, Discord, Telegram, Blender", "微信, 浏览器, 计算器, 音乐播放器, 支付宝, 钉钉, 记事本, 地图"),
    "gadget": ("my phone, the laptop, my watch, the tablet, the headphones, the camera, the drone, the e-bike, the mouse, the keyboard", "手机, 笔记本, 手表, 平板, 耳机, 相机, 电动车"),
    "command": ("ls -la, git status, df -h, uname -a, ps aux, npm install, whoami, cat /etc/hosts, docker ps, uptime, bun test, make, git pull, top, free -m, curl localhost", "ls, git status, df -h, docker ps"),
    "gamename": ("chess, tetris, poker, hangman, solitaire, sudoku, tic tac toe, checkers, snake, uno, minesweeper, go, monopoly", "象棋, 围棋, 五子棋, 扑克, 数独, 俄罗斯方块, 斗地主"),
    "giftitem": ("flowers, roses, a cake, chocolates, a book, a bottle of wine, tulips, a gift card, a teddy bear, perfume", "鲜花, 玫瑰, 蛋糕, 巧克力, 一本书, 香水"),
    "machine": ("press 2, the conveyor, line 3, pump A, the extruder, mixer 1, the big compressor, motor M7, the packing line, robot arm 4, the furnace, drill 5, turbine 1", "1号机, 传送带, 3号线, 水泵A, 压缩机, 搅拌机, 2号机床"),
    "season": ("spring, summer, autumn, winter", "春天, 夏天, 秋天, 冬天"),
}.items()}

# Pairs that measure the same thing; a request for a conversion takes one.
UNITS = {
    "en": words("km>miles, miles>km, kg>lb, pounds>kg, meters>feet, feet>meters, celsius>fahrenheit, fahrenheit>celsius, inches>cm, cm>inches, liters>gallons, gallons>liters, grams>ounces, ounces>grams, hours>minutes, minutes>seconds, days>hours, GB>MB, MB>KB, km/h>mph, mph>km/h, m>ft, yards>meters, mm>inches, stone>kg, tons>kg, kg>grams, cups>ml, ml>oz, kilometers>miles, kilograms>pounds, centimeters>inches, weeks>days, C>F, F>C, m>km, acres>hectares, bar>psi, knots>km/h, teaspoons>ml, tablespoons>teaspoons, kWh>joules, lbs>kg, meter>centimeter, square feet>square meters, hectares>acres, joules>calories, kilojoules>kcal, bar>atm, minutes>hours, seconds>minutes, hours>seconds, days>minutes, years>days, TB>GB, MB>GB, quarts>liters, pints>ml, feet>inches, yards>feet, mm>cm, tonnes>kg, carats>grams, square miles>square kilometers, cubic meters>liters, watts>horsepower, nautical miles>km, degrees celsius>fahrenheit"),
    "zh": words("公里>英里, 英里>公里, 公斤>磅, 磅>公斤, 米>英尺, 英尺>米, 摄氏度>华氏度, 华氏度>摄氏度, 厘米>英寸, 英寸>厘米, 升>加仑, 小时>分钟, 斤>公斤, 克>盎司, 天>小时, 分钟>秒, km>英里, kg>磅"),
}
# Kinds that stay within their list: inventing a weekday teaches nothing.
ACCENTED = "á é í ó ú à è ì ò ù â ê î ô û ã õ ä ö ü å ø æ ą ę ı ő ů ý ç".split()
FOREIGN = words(
    "Guten Morgen, Vielen Dank, Wo ist der Bahnhof?, Ich hätte gern einen Kaffee, Gute Nacht, Merci beaucoup, Où est la gare?, Bonne nuit, Je ne comprends pas, L'addition s'il vous plaît, Buenos días, ¿Cuánto cuesta?, Hasta mañana, Muchas gracias, No entiendo, Grazie mille, Buona notte, Quanto costa?, Dov'è la stazione?, Bom dia, Obrigado, Até amanhã, Quanto é?, Não entendo, Dzień dobry, Dziękuję bardzo, Gdzie jest dworzec?, Tack så mycket, God morgon, Hyvää huomenta, Kiitos paljon, Teşekkür ederim, Günaydın, İyi geceler, Спасибо большое, Доброе утро, Где вокзал?, Дякую, Köszönöm szépen, Jó reggelt, Děkuji, Dobré ráno, Mulțumesc, Bună dimineața, Hvala lijepa, Ευχαριστώ, Καλημέρα, ありがとうございます, おはよう, こんにちは, 駅はどこですか, 감사합니다, 안녕하세요, 얼마예요, ขอบคุณ, สวัสดี, شكرا جزيلا, صباح الخير, תודה רבה, धन्यवाद, नमस्ते, Cảm ơn, Xin chào, Terima kasih, Selamat pagi, Asante sana, Dank je wel, Goedemorgen, Tusen takk, Mange tak, Hello, Good morning, Thank you, Where is the station?"
)
SLOT, HAN = re.compile(r"\{(\w+)\}"), re.compile("[\u4e00-\u9fff]")
CLOSED = set("date day language currency color condition status season zone sign genre vehicle sport".split())
ONSETS = "b c d f g h j k l m n p r s t v w z br dr gr kr st tr sh ch th pl kw sz zb cz dz mb ny ll".split()
VOWELS = "a e i o u a e i o u ai ou ee ia ö ü é".split()
CODAS = ["", "", "", "n", "r", "s", "l", "m", "k", "x", "t", "sk", "rd", "ng", "w"]


class Entities:
    def __init__(self, random):
        self.random = random

    def invented(self, capital=None):
        """A word that nobody has seen: syllables, or now and then just letters."""
        r = self.random
        if r.random() < 0.06:
            word = "".join(r.choice(string.ascii_lowercase) for _ in range(r.randint(3, 8)))
        else:
            count = r.choice([1, 2, 2, 2, 3])
            word = "".join(r.choice(ONSETS) + r.choice(VOWELS) + (r.choice(CODAS) if r.random() < 0.5 else "") for _ in range(count))
        capital = r.random() < 0.6 if capital is None else capital
        return word.capitalize() if capital else word

    def plain(self):
        """An invented word of plain lower-case letters, as names of tools and files have them."""
        return self.invented(False).replace("ö", "o").replace("ü", "u").replace("é", "e")

    def hanzi(self, low, high):
        return "".join(self.random.choice(HANZI if self.random.random() < 0.4 else CHARACTERS) for _ in range(self.random.randint(low, high)))

    def mix(self, low=1, high=4, language="en"):
        """Some words in a row, known and invented."""
        r = self.random
        if language == "zh" and r.random() < 0.8:
            return self.hanzi(low + 1, 2 * high)
        pick = [lambda: r.choice(r.choice(NOUNS)[0]), lambda: r.choice(ADJECTIVES), lambda: r.choice(r.choice(VERBS)[0]), self.invented]
        return " ".join(r.choices(pick, [35, 20, 10, 35])[0]() for _ in range(r.randint(low, high)))

    def get(self, kind, language="en"):
        r = self.random
        if kind in PIECES or kind in MORE and r.random() < 0.5:
            return self.composed(kind, language)
        made = getattr(self, "make_" + kind, None)
        if made:
            return made(language)
        chance = r.random()
        if kind not in CLOSED:
            open_text = kind in ("task", "note", "message", "topic", "phrase", "event")
            if open_text and chance < 0.35:
                return self.mix(2, 5, language)
            if not open_text and chance < 0.3:
                if language == "zh" and r.random() < 0.7:
                    return self.hanzi(2, 4)
                capital = kind in ("city", "person", "team", "restaurant", "hotel", "movie", "book", "song", "company", "country") or r.random() < 0.2
                word = self.invented(capital) if capital else self.plain()
                return word + " " + self.invented(capital) if r.random() < 0.25 else word
            if not open_text and chance < 0.36:
                return self.mix(1, 2, language)
        pool = POOLS[kind]
        return r.choice(pool[1] if language == "zh" and pool[1] and r.random() < 0.9 else pool[0])

    def composed(self, kind, language):
        """A value of values.py, with what stands in braces there filled in."""
        english, chinese = (PIECES.get(kind) or MORE[kind])
        text = self.random.choice(chinese if language == "zh" and self.random.random() < 0.95 else english)
        return SLOT.sub(lambda m: self.get(m[1], "zh" if HAN.search(text) else "en"), text)

    # ---- kinds that are put together instead of listed

    def make_device(self, language):
        r, chance = self.random, self.random.random()
        if language == "zh" and chance < 0.9:
            thing = r.choice(POOLS["thing"][1])
            return thing if chance < 0.45 else r.choice(POOLS["room"][1]) + r.choice(["", "", "的"]) + thing if chance < 0.8 else self.hanzi(2, 3) + thing
        thing = r.choice(POOLS["thing"][0])
        if chance < 0.2:
            return self.plain() + " " + thing
        if chance < 0.26:
            return thing + " " + str(r.randint(1, 30))
        if chance < 0.34:
            return r.choice(ADJECTIVES) + " " + thing
        return thing if chance < 0.6 else self.get("room") + " " + thing

    def make_homething(self, language):
        """What a home tool acts on, the room before or after it: "kitchen light", "light in the kitchen"."""
        r, chance = self.random, self.random.random()
        things = ["light", "lights", "heating", "blinds", "lamp", "radiator", "shutters", "curtains", "heater"]
        if language == "zh" and chance < 0.9:
            thing = r.choice(["灯", "暖气", "窗帘", "百叶窗", "台灯", "灯光"])
            return self.get("door", "zh") if chance < 0.2 else self.get("room", "zh") + r.choice(["", "的"]) + thing if chance < 0.75 else thing
        if chance < 0.2:
            return self.get("door")
        if chance < 0.35:
            return self.get("device")
        thing, room = r.choice(things), self.get("room")
        return f"{room} {thing}" if chance < 0.7 else f"{thing} in the {room}" if chance < 0.88 else thing

    def make_clockplace(self, language):
        return self.get("city" if self.random.random() < 0.75 else self.random.choice(["country", "zone"]), language if self.random.random() < 0.93 else "zh")

    def make_clocktime(self, language):
        r = self.random
        clock = "%d:%02d" % (r.randint(0, 23), r.randint(0, 59))
        return r.choice([clock, clock, "%d-%02d-%02d %s" % (r.randint(2024, 2030), r.randint(1, 12), r.randint(1, 28), clock), r.choice(["Monday", "Sunday", "Friday", "Wednesday"]) + " " + clock])

    def make_keyword(self, language):
        return self.get(self.random.choice(["item", "person", "topic", "word", "thing", "contact", "product", "event", "tag", "code"]), language)

    def make_notetext(self, language):
        return self.get(self.random.choice(["note", "note", "note", "task", "message"]), language)

    def make_callee(self, language):
        return self.get(self.random.choice(["person", "person", "contact", "phone"]), language)

    def make_photosubject(self, language):
        return self.get(self.random.choice(["city", "person", "pet", "event", "plant", "food"]), language)

    def make_flightno(self, language):
        r = self.random
        return "".join(r.choice(string.ascii_uppercase) for _ in range(2)) + r.choice(["", "", " "]) + str(r.randint(10, 9999))

    def make_hm(self, language):
        return "%02d:%02d" % (self.random.randint(0, 23), self.random.randint(0, 59))

    def make_isodate(self, language):
        r = self.random
        return "%d-%02d-%02d" % (r.randint(2023, 2031), r.randint(1, 12), r.randint(1, 28))

    def make_weekdayname(self, language):
        return self.random.choice("Monday Tuesday Wednesday Thursday Friday Saturday Sunday".split())

    def make_zonename(self, language):
        return self.random.choice("Europe/Berlin America/New_York Asia/Tokyo UTC Asia/Shanghai Europe/London Australia/Sydney America/Los_Angeles Europe/Rome Africa/Lagos".split())

    def make_homestate(self, language):
        r = self.random
        return r.choice(["on", "off", "open", "closed", "locked", "unlocked", "%d%%" % r.randint(1, 100), "%d °C" % r.randint(15, 26), "on, 40%"])

    def make_savedword(self, language):
        return "saved"

    def make_deletedword(self, language):
        return "deleted"

    def make_passage(self, language):
        """A few sentences that have nothing to do with each other."""
        kinds = self.random.choices(["note", "message", "note", "phrase"], k=self.random.randint(1, 3))
        return ("。" if language == "zh" else ". ").join(self.get(kind, language) for kind in kinds)

    def make_int(self, language):
        r = self.random
        return str(r.choice([r.randint(1, 12), r.randint(1, 100), r.randint(1, 999)]))

    def make_small(self, language):
        return str(self.random.randint(1, 12))

    def make_percent(self, language):
        r = self.random
        return str(r.choice([0, 5, 10, 15, 20, 25, 30, 40, 50, 60, 70, 75, 80, 90, 100, r.randint(1, 99)]))

    def make_degrees(self, language):
        r = self.random
        return r.choice([str(r.randint(15, 26)), str(r.randint(15, 30)), "%d.5" % r.randint(16, 25)])

    def make_number(self, language):
        r = self.random
        return r.choice([str(r.randint(1, 20)), str(r.randint(1, 5000)), str(r.randint(1, 200)), "%d.%d" % (r.randint(0, 300), r.randint(1, 9)), "%d.%02d" % (r.randint(0, 300), r.randint(1, 99))])

    def make_year(self, language):
        return str(self.random.randint(1900, 2030))

    def make_time(self, language):
        r, chance = self.random, self.random.random()
        clock = "%d:%02d" % (r.randint(0, 23), r.choice([0, 15, 30, 45, r.randint(0, 59)]))
        if language == "zh":
            hour = r.choice("一 两 三 四 五 六 七 八 九 十 十一 十二".split() + [str(r.randint(1, 12))] * 6)
            part = r.choice(["早上", "上午", "中午", "下午", "下午", "晚上", "晚上", "凌晨", "傍晚", "今晚", "早晨", "", ""])
            minutes = r.choice(["点", "点", "点", "点半", "点半", "点钟", "点整", "点一刻", "点三刻", "点二十", "点四十五分", "点十分", "点%d分" % r.randint(5, 55)])
            return clock if chance < 0.2 else part + clock if chance < 0.27 else part + hour + minutes
        if chance < 0.4:
            return "%d%s" % (r.randint(1, 12), r.choice(["am", "pm", " am", " pm"]))
        if chance < 0.75:
            return clock
        if chance < 0.88:
            return "%d:%02d %s" % (r.randint(1, 12), r.choice([15, 30, 45]), r.choice(["am", "pm"]))
        hour = r.choice("one two three four five six seven eight nine ten eleven twelve".split() + ["7", "8", "4"])
        forms = ["noon", "midnight", "sunset", "lunchtime", "{} o'clock", "half past {}", "quarter to {}", "quarter past {}", "ten past {}", "twenty to {}", "{} in the morning", "{} in the evening", "{} sharp", "{} at night", "{} in the afternoon", "{} thirty"]
        return r.choice(forms).format(hour)

    def make_when(self, language):
        """A time that may name its day, too."""
        r, chance = self.random, self.random.random()
        time, day = self.get("time", language), self.get("date", language)
        if chance < 0.6:
            return time
        if chance < 0.7:
            return self.get("duration", "zh") + r.choice(["后", "以后", "之后"]) if language == "zh" else "in " + self.get("duration", "en")
        if chance < 0.8:
            return day
        return day + time if language == "zh" else r.choice([f"{day} at {time}", f"{time} {day}", f"{time} on {day}" if day[:2] != "on" else f"{time} {day}", f"{day} {time}"])

    def make_duration(self, language):
        r = self.random
        count = r.choice([1, 2, 3, 5, 10, 15, 20, 25, 30, 45, r.randint(2, 90)])
        if language == "zh":
            if r.random() < 0.3:
                return r.choice(["半小时", "半个小时", "一个半小时", "一刻钟", "三刻钟", "两个小时", "两小时", "十分钟", "五分钟", "二十分钟", "十五分钟", "四十分钟", "三天", "两天", "一个星期", "两周", "三十秒", "一个月", "六个小时", "一小时二十分"])
            return str(count) + r.choice(["分钟", "小时", "秒", "个小时", "秒钟", "天", "分"])
        unit = r.choice(["second", "minute", "hour", "minute", "min", "day"])
        return f"{count} {unit}{'' if count == 1 or unit == 'min' else 's'}" if r.random() < 0.85 else r.choice(["half an hour", "an hour", "a minute", "90 sec", "2h", "15m", "an hour and a half", "three quarters of an hour", "two and a half hours", "a couple of minutes", "three weeks", "ten minutes", "twenty-five minutes", "forty seconds", "two hours", "1h30", "a quarter of an hour", "the next hour"])

    def make_expression(self, language):
        r = self.random
        a, b, c = (r.choice([r.randint(1, 20), r.randint(1, 999), round(r.random() * 100, 1)]) for _ in range(3))
        sign, other = r.choice("+-*/"), r.choice("+-*/")
        if r.random() < 0.12:  # thousands with their comma, roots times something
            return r.choice([f"{r.randint(1000, 99999):,} {sign} {r.randint(100, 9999):,}", f"sqrt({b}) {sign} {a}", f"{a} {sign} {r.randint(1, 99)}%", f"{a} {sign} sqrt({b})", f"{r.randint(1000, 999999):,} / {a}"])
        gap = r.choice([" ", " ", ""])
        if r.random() < 0.3:
            if language == "zh":
                return r.choice([f"{a}加{b}", f"{a}减{b}", f"{a}乘以{b}", f"{a}除以{b}", f"{a}的平方", f"{a}加{b}再乘{c}", f"{b}的百分之{r.randint(1, 99)}"])
            return r.choice([f"{a} plus {b}", f"{a} minus {b}", f"{a} times {b}", f"{a} divided by {b}", f"{a} over {b}", f"the square root of {a}", f"{r.randint(1, 99)}% of {b}", f"{r.randint(1, 99)} percent of {b}", f"{a} squared", f"{a} to the power of {r.randint(2, 9)}", f"half of {b}", f"sqrt({a})", f"{a} multiplied by {b}", f"{a} x {b}"])
        return r.choice([f"{a}{gap}{sign}{gap}{b}", f"{a}{gap}{sign}{gap}{b}", f"{a}{gap}{sign}{gap}{b}{gap}{other}{gap}{c}", f"({a}{gap}{sign}{gap}{b}){gap}{other}{gap}{c}", f"{a}^{r.randint(2, 9)}", f"{a}{gap}{sign}{gap}({b}{gap}{other}{gap}{c})", f"{a} % {b}", f"{a}**2"])

    def make_id(self, language):
        r = self.random
        letters = string.ascii_uppercase + string.digits
        return r.choice(["".join(r.choice(letters) for _ in range(r.randint(4, 8))), "%s-%d" % (r.choice(["A", "B", "X", "INV", "ORD", "T", "PK", "REQ", "C"]), r.randint(10, 99999)), str(r.randint(100, 999999)), "#%d" % r.randint(1, 9999), "%s%d" % (r.choice(string.ascii_uppercase), r.randint(1, 99))])

    def make_email(self, language):
        return self.plain() + self.random.choice(["", "." + self.plain(), str(self.random.randint(1, 99))]) + "@" + self.plain() + self.random.choice([".com", ".org", ".net", ".de", ".io", ".cn"])

    def make_phone(self, language):
        r = self.random
        return r.choice(["%d-%04d" % (r.randint(200, 999), r.randint(0, 9999)), "+%d %d %d" % (r.randint(1, 99), r.randint(100, 999), r.randint(1000, 99999)), str(r.randint(10**8, 10**10)), "0%d/%d" % (r.randint(20, 99), r.randint(10**5, 10**7))])

    def make_domain(self, language):
        return self.plain() + self.random.choice([".com", ".org", ".io", ".dev", ".net", ".cn"])

    def make_url(self, language):
        r = self.random
        return r.choice(["https://", "http://", "https://www.", ""]) + self.make_domain(language) + r.choice(["", "/" + self.plain(), "/api/" + self.plain(), "/" + self.plain() + "?id=%d" % r.randint(1, 99), "/index.html"])

    def make_ip(self, language):
        return ".".join(str(self.random.randint(1, 254)) for _ in range(4))

    def make_file(self, language):
        r = self.random
        stem = r.choice("notes report budget todo config main index server data readme photo backup letter schema invoice draft plan results log agenda thesis".split()) if r.random() < 0.5 else self.plain()
        if language == "zh" and r.random() < 0.4:
            stem = r.choice("报告 预算 笔记 计划 简历 合同 日志 名单".split()) if r.random() < 0.6 else self.hanzi(2, 3)
        name = stem + r.choice([".txt", ".md", ".json", ".csv", ".log", ".ts", ".pdf", ".yaml", ".py", ".html", ".docx", ".xlsx"])
        return r.choice([name, name, name, self.make_folder(language) + "/" + name])

    def make_folder(self, language):
        r = self.random
        stem = r.choice("documents downloads projects music src home tmp photos backup logs archive notes work reports".split()) if r.random() < 0.6 else self.plain()
        return r.choice([stem, stem, "/" + stem, "/home/" + stem, stem + "/" + self.plain(), "./" + stem, "~/" + stem])

    def make_code(self, language):
        r = self.random
        return r.choice(["".join(r.choice(string.digits) for _ in range(r.choice([4, 6]))), "".join(r.choice(string.ascii_uppercase) for _ in range(3)), self.make_id(language)])

    def make_symbol(self, language):
        r = self.random
        return "".join(r.choice(string.ascii_uppercase) for _ in range(r.randint(3, 4))) if r.random() < 0.5 else self.get("company", language)

    def make_query(self, language):
        r = self.random
        return r.choice(["SELECT * FROM " + self.get("table"), "select count(*) from " + self.get("table"), "SELECT name FROM %s WHERE id = %d" % (self.get("table"), r.randint(1, 999))])

    def make_title(self, language):
        return self.mix(1, 4, language) if self.random.random() < 0.5 else self.get(self.random.choice(["event", "task", "topic"]), language)

    def make_license(self, language):
        r = self.random
        return "%s-%s %d" % (r.choice("B M HH KA WA".split()), "".join(r.choice(string.ascii_uppercase) for _ in range(2)), r.randint(10, 9999))

    def make_unit_from(self, language):
        return self.random.choice(UNITS[language]).split(">")[0]

    make_unit_to = make_unit_from

    def make_foreign(self, language):
        """Words of another language, with its accents or in its script."""
        r = self.random
        if r.random() < 0.5:
            return r.choice(FOREIGN)
        word = lambda: "".join(r.choice(ONSETS) + r.choice(ACCENTED if r.random() < 0.3 else VOWELS) + (r.choice(CODAS) if r.random() < 0.4 else "") for _ in range(r.choice([1, 2, 2, 3])))
        return " ".join(word() for _ in range(r.randint(1, 5))).capitalize()

    def make_slug(self, language):
        r = self.random
        tail = "".join(r.choice("0123456789abcdef") for _ in range(r.randint(2, 6)))
        return r.choice([self.plain(), r.choice("msg usr evt api web db job task node order item file key tx".split())]) + r.choice("-_-_.:#") + r.choice([tail, str(r.randint(1, 9999))])

    def make_logline(self, language):
        r = self.random
        return r.choice([f"{r.choice('GET POST PUT DELETE'.split())} /{self.plain()} {r.choice([200, 201, 301, 404, 500, 502])}", f"{r.choice('ERROR WARN INFO DEBUG'.split())} {self.mix(1, 4)}", f"{self.make_hm(language)} {self.mix(1, 3)}", f"{self.plain()}: {self.mix(1, 3)}", f"[{self.plain()}] {self.plain()}={r.randint(0, 999)}"])

    def make_any(self, language):
        return self.get(self.random.choice(["person", "item", "topic", "city", "word", "product"]), language)
