"""On the way: flights, trains, hotels, taxis, directions, cars."""

DOMAINS = [
    dict(
        names="find_flight search_flights flights flight_search book_flight",
        about="Find flights between two cities|Search for flights|查询航班",
        args="""
            origin/from/from_city/departure: city
            destination/to/to_city/arrival: city
            date/day/when?: date
        """,
        en="""
            find a flight from {origin} to {destination}[ on {date}]
            flights from {origin} to {destination}[ {date}]
            I want to fly from {origin} to {destination}[ {date}]
            search flights to {destination} from {origin}[ {date}]
            {origin} to {destination} by plane[ {date}]
            how can I fly from {origin} to {destination}[ {date}]?
            any flights {origin} - {destination}[ {date}]?
            is there a plane to {destination} from {origin}[ {date}]?
            get me from {origin} to {destination} by air[ {date}]
            cheapest flight {origin} {destination}[ {date}]
            I need a plane ticket from {origin} to {destination}[ for {date}]
        """,
        zh="""
            [{date}]从{origin}飞{destination}的航班
            查{origin}到{destination}的机票[，{date}]
            [{date}]我想从{origin}飞到{destination}
            {origin}到{destination}的飞机[{date}]
        """,
        ask="find a flight|I want to fly to {destination}|flights from {origin}", ask_zh="查航班|我想飞去{destination}", gives="flight=id price=#int", reply="Flight {flight} costs {price}.", reply_zh="航班 {flight}，价格 {price}。", tags="flight",
    ),
    dict(
        names="flight_status track_flight flight_info is_flight_delayed",
        about="Status of a flight by its number|Is a flight on time|查询航班动态",
        args="flight/number/flight_number/code: flightno",
        en="""
            is flight {flight} on time?
            status of flight {flight}
            where is {flight} now?
            has {flight} landed?
            when does {flight} arrive?
            is {flight} delayed?
            track flight {flight}
            {flight} flight status
            did {flight} take off?
        """,
        zh="""
            航班{flight}准时吗
            {flight}到了没有
            查航班{flight}
            {flight}晚点了吗
        """,
        ask="is my flight on time?", ask_zh="我的航班准点吗", gives="status=status", reply="Flight {flight} is {status}.", reply_zh="航班 {flight}：{status}。", tags="flight",
    ),
    dict(
        names="find_train train_times trains train_connection rail_search next_train",
        about="Find train connections|Train timetable|查询火车班次",
        args="""
            from/origin/start: city
            to/destination/end: city
            time/departure/at?: time
        """,
        en="""
            train from {from} to {to}[ at {time}]
            when is the next train from {from} to {to}?
            trains {from} to {to}[ after {time}]
            how do I get from {from} to {to} by train[ at {time}]?
            rail connection {from} {to}[ {time}]
            is there a train to {to} from {from}[ around {time}]?
            I need a train from {from} to {to}[ at {time}]
            next train {from} - {to}
        """,
        zh="""
            [{time}]从{from}到{to}的火车
            查{from}到{to}的高铁[，{time}]
            {from}去{to}的火车几点
        """,
        ask="find a train|train to {to}", ask_zh="查火车", tags="train",
    ),
    dict(
        names="next_bus bus_times departures public_transport transit stop_departures",
        about="Next departures of a line|When does the next bus come|公交到站时间",
        args="""
            line/route/number: route
            stop/station/from?: place
        """,
        en="""
            when does {line} leave[ from {stop}]?
            next {line}[ at {stop}]
            when is the next {line}[ from {stop}]?
            departures of {line}[ at {stop}]
            how long until {line} comes[ to {stop}]?
            is {line} late[ at {stop}]?
            {line} timetable[ {stop}]
        """,
        zh="""
            {line}什么时候来
            下一班{line}[，{stop}]
            {line}还有多久到[{stop}]
        """,
        ask="when is the next bus?", ask_zh="下一班车什么时候", tags="bus",
    ),
    dict(
        names="book_hotel find_hotel hotel_search reserve_room hotels",
        about="Book a hotel room|Find a hotel in a city|预订酒店",
        args="""
            city/place/where/location: city
            date/check_in/arrival/from: date
            nights/days/stay?: #small
            guests/people?: #small
        """,
        en="""
            book a hotel in {city} for {date}[, {nights} nights][ for {guests} people]
            find a hotel in {city} from {date}[ for {nights} nights]
            I need a room in {city} on {date}[ for {nights} nights][, {guests} guests]
            hotel {city} {date}[, {nights} nights]
            where can I stay in {city} on {date}[ for {nights} nights]?
            reserve a room in {city}, arriving {date}[, {nights} nights][, {guests} persons]
            a place to sleep in {city} {date}
        """,
        zh="""
            订{date}{city}的酒店[，住{nights}晚][，{guests}个人]
            {date}在{city}找酒店[住{nights}晚]
            {city}的宾馆，{date}入住[，{nights}晚]
        """,
        ask="book a hotel|find a hotel in {city}", ask_zh="订酒店", tags="hotel",
    ),
    dict(
        names="order_taxi book_taxi call_taxi request_ride cab get_ride taxi",
        about="Order a taxi|Book a ride|叫出租车",
        args="""
            destination/to/where: place
            pickup/from/start?: address
            time/at/when?: time
        """,
        en="""
            order a taxi to {destination}[ from {pickup}][ at {time}]
            I need a cab to {destination}[ at {time}]
            call me a taxi to {destination}[, pick me up at {pickup}]
            get me a ride to {destination}[ at {time}]
            taxi to {destination}[ from {pickup}]
            book a taxi for {time} to {destination}
            can a taxi take me to {destination}[ at {time}]?
            I want to be driven to {destination}[ from {pickup}]
        """,
        zh="""
            [{time}]叫车去{destination}
            打车到{destination}[，从{pickup}出发]
            我要一辆出租车去{destination}
            帮我叫车去{destination}
        """,
        ask="order a taxi|call a cab|I need a taxi", ask_zh="叫辆出租车", tags="taxi",
    ),
    dict(
        names="directions navigate route get_directions navigation way_to plan_route",
        about="Directions to a place|Navigate to a destination|Route planner|导航到目的地",
        args="""
            destination/to/place/target: place
            mode/by/transport?: car~driving(car/开车) | walk~walking~foot(foot/步行,走路) | bike~cycling(bike/骑车) | transit~public(public transport/公交)
        """,
        en="""
            how do I get to {destination}?
            directions to {destination}
            navigate to {destination}
            route to {destination}
            take me to {destination}
            what's the way to {destination}?
            drive to {destination} <mode=car>
            walk to {destination} <mode=walk>
            how do I get to {destination} on foot? <mode=walk>
            bike route to {destination} <mode=bike>
            how do I reach {destination} by public transport? <mode=transit>
            show me the way to {destination} by car <mode=car>
            start navigation to {destination}
            guide me to {destination}
        """,
        zh="""
            怎么去{destination}
            导航到{destination}
            去{destination}的路线
            开车去{destination} <mode=car>
            走路去{destination} <mode=walk>
            骑车去{destination} <mode=bike>
            坐公交去{destination} <mode=transit>
        """,
        ask="navigate|give me directions", ask_zh="导航", gives="minutes=#int distance=#number", tags="route",
    ),
    dict(
        names="distance get_distance how_far distance_between travel_distance",
        about="Distance between two places|How far is it|查询两地距离",
        args="""
            from/origin/start/a: city
            to/destination/end/b: city
        """,
        en="""
            how far is it from {from} to {to}?
            distance between {from} and {to}
            distance from {from} to {to}
            how many kilometers from {from} to {to}?
            how far is {to} from {from}?
            {from} to {to}, how far?
            what's the distance {from} - {to}?
            is it far from {from} to {to}?
        """,
        zh="""
            {from}到{to}有多远
            {from}和{to}的距离
            从{from}到{to}多少公里
        """,
        ask="how far is it to {to}?", ask_zh="到{to}有多远", gives="km=#int", reply="It is {km} km from {from} to {to}.", reply_zh="{from}到{to} {km} 公里。", tags="route2",
    ),
    dict(
        names="traffic traffic_info traffic_report road_traffic jam_info",
        about="Traffic on the way to a place|Are there traffic jams|查询路况",
        args="place/road/where/to: place",
        en="""
            how is the traffic to {place}?
            any traffic jams on the way to {place}?
            traffic near {place}
            is the road to {place} busy?
            how long does it take to {place} right now?
            traffic report for {place}
            are there delays around {place}?
        """,
        zh="""
            去{place}堵车吗
            {place}的路况
            到{place}的交通怎么样
        """,
        tags="route2 traffic",
    ),
    dict(
        names="find_nearby nearby nearest find_place places_near poi_search",
        about="Find the nearest place of a kind|Search places nearby|查找附近的地点",
        args="""
            kind/what/type/category: poi
            city/near/location?: city
        """,
        en="""
            where is the nearest {kind}[ in {city}]?
            find a {kind} nearby
            is there a {kind} around here?
            {kind} near me
            {kind} in {city}
            I'm looking for a {kind}[ in {city}]
            which {kind} is close?
            closest {kind}[ in {city}]
            show me every {kind} around
        """,
        zh="""
            附近有{kind}吗
            最近的{kind}在哪里
            [{city}]哪里有{kind}
            找一家{kind}
        """,
        ask="what is nearby?", ask_zh="附近有什么", gives="name=restaurant distance=#int", tags="nearby",
    ),
    dict(
        names="find_parking parking_spot park_car parking reserve_parking",
        about="Find a parking spot near a place|Reserve parking|查找停车位",
        args="""
            place/near/where: place
            hours/duration?: #small
        """,
        en="""
            where can I park near {place}[ for {hours} hours]?
            find parking at {place}[ for {hours} hours]
            a parking spot near {place}[, {hours} hours]
            parking {place}[ {hours} h]
            I need to park close to {place}[ for {hours} hours]
            reserve a parking space at {place}[ for {hours} hours]
        """,
        zh="""
            {place}附近哪里能停车
            找{place}的停车位[，停{hours}小时]
            在{place}停车[{hours}小时]
        """,
        ask="find a parking spot", ask_zh="找停车位",
    ),
    dict(
        names="rent_car car_rental hire_car book_car rental",
        about="Rent a car in a city|Car rental|租车",
        args="""
            city/place/where: city
            days/duration/for: #small
            date/from/start?: date
        """,
        en="""
            rent a car in {city} for {days} days[ from {date}]
            I need a rental car in {city}, {days} days[, starting {date}]
            hire a car for {days} days in {city}[ {date}]
            car rental {city} {days} days[ from {date}]
            get me a car in {city} for {days} days
        """,
        zh="""
            在{city}租车{days}天[，从{date}]
            [{date}]{city}租一辆车，{days}天
        """,
        ask="rent a car|rent a car in {city}", ask_zh="租车",
    ),
    dict(
        names="car_control vehicle_control my_car car_remote control_car",
        about="Remote control of the car|Lock, unlock, start or heat the car|远程控制汽车",
        args="action/command/do: lock(lock/锁) | unlock(unlock/解锁) | start~start_engine(start/启动) | stop~stop_engine(stop/熄火) | honk~horn(honk/鸣笛) | heat~preheat(heat/预热)",
        en="""
            lock the car <action=lock>
            unlock my car <action=unlock>
            open the car <action=unlock>
            start the engine <action=start>
            start my car <action=start>
            stop the engine <action=stop>
            switch off the car engine <action=stop>
            honk <action=honk>
            sound the horn <action=honk>
            I can't find my car, honk <action=honk>
            preheat the car <action=heat>
            warm up the car <action=heat>
            is it cold? heat the car <action=heat>
            make sure my car is locked <action=lock>
        """,
        zh="""
            锁车 <action=lock>
            给车解锁 <action=unlock>
            发动汽车 <action=start>
            熄火 <action=stop>
            鸣笛 <action=honk>
            预热汽车 <action=heat>
        """,
        tags="car lock",
    ),
    dict(
        names="charge_car ev_charging start_charging charge_level battery_limit",
        about="Charge the electric car to a level|Set the charging limit|给电动车充电",
        args="""
            percent/level/limit/to: #percent
            by/ready_at/time?: time
        """,
        en="""
            charge the car to {percent}%[ by {by}]
            charge my car up to {percent} percent[ until {by}]
            set the charging limit to {percent}
            the car should have {percent}%[ by {by}]
            load the battery of the car to {percent} percent
            EV to {percent}%[ at {by}]
        """,
        zh="""
            把车充到{percent}%[，{by}之前]
            电动车充电到百分之{percent}
            充电上限设为{percent}
        """,
        ask="charge the car", ask_zh="给车充电",
    ),
    dict(
        names="fuel_price gas_price petrol_price cheapest_fuel gas_station",
        about="Fuel prices in a city|Find cheap gas|查询油价",
        args="""
            city/place/near: city
            fuel/kind/type?: diesel(diesel/柴油) | petrol~gasoline(petrol,gasoline/汽油) | lpg(lpg/液化气)
        """,
        en="""
            what does {fuel} cost in {city}?
            gas prices in {city}
            cheapest {fuel} in {city}
            how expensive is {fuel} in {city}?
            where is cheap {fuel} in {city}?
            fuel price {city}
            price of {fuel} around {city}
        """,
        zh="""
            {city}{fuel}多少钱
            {city}的油价
            {city}哪里{fuel}便宜
        """,
        gives="price=#number",
    ),
    dict(
        names="locate_device find_phone where_is track_device find_my locate",
        about="Locate a phone, car or person|Where is something|定位设备或人",
        args="target/name/what/who: locatable",
        en="""
            where is {target}?
            locate {target}
            find {target}
            I lost {target}, where is it?
            position of {target}
            where did I leave {target}?
            track down {target}
        """,
        zh="""
            {target}在哪
            定位{target}
            找到{target}
            {target}的位置
        """,
        gives="place=city", reply="{target} is in {place}.", reply_zh="{target}在{place}。", tags="locate",
    ),
    dict(
        names="check_in boarding_pass online_check_in flight_check_in",
        about="Check in for a flight|Get the boarding pass|办理值机",
        args="""
            booking/reference/code/pnr: code
            name/last_name/passenger: person
        """,
        en="""
            check me in, booking {booking}, name {name}
            check in for booking {booking} under {name}
            boarding pass for {name}, code {booking}
            online check-in {booking} {name}
            I want to check in, {name}, reference {booking}
            get the boarding pass of {name} for {booking}
        """,
        zh="""
            给{name}办理值机，订单{booking}
            值机，编号{booking}，姓名{name}
        """,
        ask="check me in|check in with booking {booking}", ask_zh="办理值机", tags="flight",
    ),
    dict(
        names="pack_list packing_list what_to_pack travel_checklist",
        about="Make a packing list for a trip|生成行李清单",
        args="""
            destination/city/place: city
            days/nights/length: #small
        """,
        en="""
            what should I pack for {days} days in {destination}?
            packing list for {destination}, {days} days
            I travel to {destination} for {days} days, what do I need?
            what to take to {destination} for {days} nights?
            make a packing list: {destination}, {days} days
        """,
        zh="""
            去{destination}{days}天要带什么
            {destination}{days}天的行李清单
        """,
    ),
    dict(
        names="visa_info visa_requirements need_visa entry_rules",
        about="Visa rules of a country|Do I need a visa|查询签证要求",
        args="country/destination/to: country",
        en="""
            do I need a visa for {country}?
            visa rules for {country}
            can I enter {country} without a visa?
            entry requirements {country}
            what papers do I need for {country}?
            visa {country}
        """,
        zh="""
            去{country}要签证吗
            {country}的签证要求
            {country}免签吗
        """,
    ),
]
