"""The home: switches, levels, doors, heating, scenes, appliances, garden, alarms."""

DOMAINS = [
    dict(
        names="set_device switch_device device_control toggle_device turn_device control_device smart_home switch power device_power light_switch",
        about="Turn a device on or off|Switch a smart home device|Control the power of a device|Set the state of a device|Switches lights, plugs and appliances|打开或关闭设备|控制家里的设备开关",
        args="""
            device/name/entity/appliance/device_name/target: device
            state/action/power/on/to: on~ON~true~enable(on/开,打开,开启) | off~OFF~false~disable(off/关,关掉,关闭)
        """,
        en="""
            turn {state} the {device}
            switch {state} the {device}
            turn the {device} {state}
            {device} {state}
            power {state} the {device}
            I want the {device} {state}
            the {device} should be {state}
            put the {device} {state}
            make sure the {device} is {state}
            set the {device} to {state}
            flip the {device} {state}
            {state} with the {device}
            start the {device} <state=on>
            stop the {device} <state=off>
            shut off the {device} <state=off>
            kill the {device} <state=off>
            switch the {device} {state} for me
            get the {device} {state}
            I don't need the {device} any more <state=off>
            I need the {device} <state=on>
            fire up the {device} <state=on>
            activate the {device} <state=on>
            deactivate the {device} <state=off>
            cut the power to the {device} <state=off>
            the {device} is still running, turn it off <state=off>
            it's too dark, turn on the {device} <state=on>
            nobody is in there, so {device} off <state=off>
            have the {device} turned {state}
            turn {state} my {device}
        """,
        zh="""
            {state}{device}
            把{device}{state}
            {device}{state}
            帮我{state}{device}
            请把{device}打开 <state=on>
            把{device}关掉 <state=off>
            {device}关了吧 <state=off>
            {device}开一下 <state=on>
            我要用{device} <state=on>
            不用{device}了 <state=off>
            太暗了，打开{device} <state=on>
            出门了，{device}关一下 <state=off>
            麻烦{state}一下{device}
            让{device}停下来 <state=off>
            启动{device} <state=on>
        """,
        ask="turn it on <state=on>|switch it off <state=off>|turn on <state=on>|switch off please <state=off>|turn something off <state=off>",
        ask_zh="打开 <state=on>|关掉它 <state=off>|帮我开一下 <state=on>",
        reply="", tags="switch", split="on: turn_on switch_on power_on device_on turn_on_device; off: turn_off switch_off power_off device_off turn_off_device",
    ),
    dict(
        names="set_level dim_light set_brightness device_set adjust_device set_value brightness set_position dimmer light_level",
        about="Set a device to a value|Set the level of a device in percent|Adjust brightness, volume or position|Dims a light|Set brightness|调节设备的亮度或数值",
        args="""
            device/name/entity/light/target: device
            value/level/percent/brightness/position/to: #percent
        """,
        en="""
            set the {device} to {value}
            set the {device} to {value} percent
            set {device} to {value}%
            dim the {device} to {value}%
            put the {device} at {value} percent
            change the {device} to {value}
            adjust the {device} to {value}
            {device} to {value}%
            {device} {value}%
            {device} at {value}
            make the {device} {value} percent
            bring the {device} to {value}
            bring the {device} down to {value}%
            I want {value}% on the {device}
            turn the {device} to level {value}
            turn the {device} up to {value}
            turn the {device} down to {value} percent
            raise the {device} to {value}
            lower the {device} to {value}%
            {value}% for the {device}
            the {device} should be at {value}
            crank the {device} to {value}
            brighten the {device} to {value} percent
            level {value} on the {device}
        """,
        zh="""
            把{device}调到{value}
            {device}调到百分之{value}
            {device}亮度{value}%
            把{device}设为{value}%
            {device}设成{value}
            将{device}调整到{value}
            {device}调暗到{value}%
            {device}调亮到{value}%
            我想要{device}在{value}
            把{device}降到{value}
        """,
        ask="dim the {device}|make the {device} brighter|set the brightness", ask_zh="把{device}调暗|调一下亮度", tags="level",
    ),
    dict(
        names="get_device device_status read_sensor get_state sensor_value device_state check_device sensor is_on",
        about="Read the state of a device|Get the current value of a sensor or device|Check device status|Tells whether a device is on|查询设备状态",
        args="device/name/sensor/entity/id: device",
        en="""
            is the {device} on?
            is the {device} off?
            what is the state of the {device}?
            check the {device}
            status of the {device}
            {device} status
            is the {device} running?
            read the {device}
            what does the {device} say?
            tell me the status of the {device}
            get the {device} state
            did I leave the {device} on?
            how is the {device} doing?
            is my {device} still on?
            is the {device} still running?
            did someone turn off the {device}?
            look whether the {device} is on
            have I switched the {device} off?
            state of {device}
            what's up with the {device}?
            can you see if the {device} is on?
            is the {device} working?
            does the {device} still run?
        """,
        zh="""
            {device}开着吗
            {device}关了吗
            {device}的状态
            查一下{device}
            看看{device}开了没有
            {device}还在运行吗
            我是不是忘了关{device}
            {device}现在怎么样
            {device}是什么状态
            检查{device}
        """,
        ask="check the device|is it on?", ask_zh="查一下设备状态", gives="state=status", reply="The {device} is {state}.", reply_zh="{device}现在是 {state}。", tags="devstate",
    ),
    dict(
        names="home smart_home home_control house control_home home_device",
        about="Control or check a light, heating, door lock or blinds|Control the home|Switch, open, lock or set a device, or read its state|Controls everything in the house|控制家里的灯、暖气、门锁和窗帘",
        args="""
            device/name/target/what: homething
            action/command/do: on(on/打开,开) | off(off/关掉,关) | open(open/打开) | close(close/关上,拉上) | lock(lock/锁上) | unlock(unlock/解锁) | set(set/设置) | status(check/查看)
            value/level/to?: #percent
        """,
        en="""
            turn on the {device} <action=on>
            turn off the {device} <action=off>
            turn the {device} on <action=on>
            turn the {device} off <action=off>
            switch on the {device} <action=on>
            switch off the {device} <action=off>
            {device} on <action=on>
            {device} off <action=off>
            open the {device} <action=open>
            close the {device} <action=close>
            shut the {device} <action=close>
            pull up the {device} <action=open>
            lock the {device} <action=lock>
            unlock the {device} <action=unlock>
            set the {device} to {value} <action=set>
            set the {device} to {value} degrees <action=set>
            dim the {device} to {value}% <action=set>
            put the {device} at {value} percent <action=set>
            turn the {device} up to {value} <action=set>
            lower the {device} to {value} <action=set>
            {device} to {value} <action=set>
            make the {device} {value} <action=set>
            is the {device} on? <action=status>
            is the {device} off? <action=status>
            is the {device} open? <action=status>
            is the {device} closed? <action=status>
            is the {device} locked? <action=status>
            what is the state of the {device}? <action=status>
            how is the {device} set? <action=status>
            did I lock the {device}? <action=status>
            did I leave the {device} on? <action=status>
            did I turn off the {device}? <action=status>
            check the {device} <action=status>
            status of the {device} <action=status>
            show me the {device} <action=status>
            have the {device} locked <action=lock>
            secure the {device} <action=lock>
            start the {device} <action=on>
            stop the {device} <action=off>
            make sure the {device} is locked <action=lock>
            make sure the {device} is off <action=off>
        """,
        zh="""
            打开{device} <action=on>
            关掉{device} <action=off>
            把{device}打开 <action=on>
            把{device}关了 <action=off>
            {device}开 <action=on>
            {device}关 <action=off>
            拉开{device} <action=open>
            拉上{device} <action=close>
            锁上{device} <action=lock>
            把{device}锁好 <action=lock>
            解锁{device} <action=unlock>
            开{device}的锁 <action=unlock>
            把{device}调到{value} <action=set>
            {device}设为{value}度 <action=set>
            {device}调到{value}% <action=set>
            {device}开着吗 <action=status>
            {device}锁了吗 <action=status>
            {device}关了没有 <action=status>
            查看{device} <action=status>
            {device}现在什么状态 <action=status>
        """,
        ask="turn it on <action=on>|lock it <action=lock>|open it <action=open>", ask_zh="打开它 <action=open>", gives="device=homething state=homestate", reply="The {device} is {state}.", reply_zh="{device}：{state}。",
        tags="switch level devstate lock thermostat blinds",
    ),
    dict(
        names="room_control set_room lights room_lights control_room area_control",
        about="Switch the lights, heating or blinds of a room|Control one kind of device in a room|Room automation|按房间控制灯光、暖气或窗帘",
        args="""
            room/area/where/zone: room
            kind/device/type/what: light~lights(light,lights,lamp/灯,灯光) | heating~heater(heating,heater,radiator/暖气,取暖) | blinds~shades(blinds,shades,shutters/窗帘,百叶窗)
            state/action/set: on~ON~up(on/打开,开) | off~OFF~down(off/关掉,关)
        """,
        en="""
            turn {state} the {kind} in the {room}
            {kind} {state} in the {room}
            {room} {kind} {state}
            switch {state} the {room} {kind}
            switch the {kind} in the {room} {state}
            turn the {room} {kind} {state}
            it's cold in the {room}, heating on <kind=heating> <state=on>
            it's dark in the {room} <kind=light> <state=on>
            in the {room}, turn {state} the {kind}
            put the {kind} {state} in the {room}
            {state} with the {kind} in the {room}
            no light in the {room} please <kind=light> <state=off>
            I'm leaving the {room}, lights off <kind=light> <state=off>
        """,
        zh="""
            {state}{room}的{kind}
            把{room}的{kind}{state}
            {room}{kind}{state}
            {room}太暗了 <kind=light> <state=on>
            {room}有点冷，开暖气 <kind=heating> <state=on>
            离开{room}了，关灯 <kind=light> <state=off>
        """,
        ask="turn on the light <kind=light> <state=on>|heating off <kind=heating> <state=off>", ask_zh="开灯 <kind=light> <state=on>", tags="switch blinds thermostat",
    ),
    dict(
        names="lock_door door_lock set_lock smart_lock lock_control doors",
        about="Lock or unlock a door|Controls a door lock|Operate the smart lock|锁门或开锁",
        args="""
            door/name/lock/which: door
            action/command/state/locked: lock~LOCK~locked~true(lock/锁上,锁) | unlock~UNLOCK~unlocked~false(unlock/解锁,打开)
        """,
        en="""
            {action} the {door}
            please {action} the {door}
            can you {action} the {door}?
            {door}: {action}
            {action} {door} now
            make sure the {door} is locked <action=lock>
            the {door} must be locked <action=lock>
            secure the {door} <action=lock>
            bolt the {door} <action=lock>
            let someone in through the {door} <action=unlock>
            I'm outside, open the lock of the {door} <action=unlock>
            get the {door} unlocked <action=unlock>
            lock up the {door} <action=lock>
            close and lock the {door} <action=lock>
            the {door} should not be locked <action=unlock>
            did I forget the {door}? lock it <action=lock>
        """,
        zh="""
            {action}{door}
            把{door}锁上 <action=lock>
            把{door}的锁打开 <action=unlock>
            {door}锁好 <action=lock>
            帮我锁{door} <action=lock>
            给{door}解锁 <action=unlock>
            睡觉了，锁{door} <action=lock>
            开一下{door}的锁 <action=unlock>
        """,
        ask="lock it <action=lock>|unlock <action=unlock>|lock the door <action=lock>", ask_zh="锁门 <action=lock>", tags="lock", split="lock: lock_door lock_the_door lock; unlock: unlock_door unlock_the_door unlock",
    ),
    dict(
        names="set_thermostat heating set_temperature climate thermostat heat_room climate_control ac_temperature",
        about="Set the temperature of a room|Set the thermostat|Heating control of the rooms|设置房间温度|Sets the target temperature",
        args="""
            room/zone/where/area: room
            temperature/degrees/target/temp: #degrees
        """,
        en="""
            set the {room} to {temperature} degrees
            make it {temperature} degrees in the {room}
            heat the {room} to {temperature}
            I want {temperature} degrees in the {room}
            {room} {temperature} degrees
            warm the {room} up to {temperature}
            cool the {room} down to {temperature}
            temperature in the {room} to {temperature}
            set the heating in the {room} to {temperature}
            thermostat {room}: {temperature}
            it should be {temperature} in the {room}
            keep the {room} at {temperature} degrees
            {temperature} degrees for the {room}
            turn the heating of the {room} to {temperature}
            the {room} is freezing, make it {temperature}
            bring the {room} to {temperature} °C
        """,
        zh="""
            {room}调到{temperature}度
            把{room}的温度设为{temperature}度
            {room}{temperature}度
            让{room}暖和到{temperature}度
            {room}温度{temperature}
            {room}太冷了，调到{temperature}度
            把{room}降到{temperature}度
        """,
        ask="set the temperature|make the {room} warmer|heat the {room}", ask_zh="把{room}调暖一点|设置温度", tags="thermostat level",
    ),
    dict(
        names="room_temperature get_temperature indoor_climate thermometer room_climate humidity_sensor",
        about="Read temperature and humidity of a room|Indoor climate of a room|Get the temperature indoors|查询室内温度和湿度",
        args="room/where/area: room",
        en="""
            how warm is it in the {room}?
            what is the temperature in the {room}?
            temperature in the {room}
            how cold is the {room}?
            is it humid in the {room}?
            {room} temperature
            how many degrees are there in the {room}?
            what does the thermometer in the {room} show?
            humidity of the {room}
            is the {room} warm enough?
            check the climate of the {room}
        """,
        zh="""
            {room}多少度
            {room}现在几度
            {room}的温度
            {room}潮湿吗
            {room}冷不冷
            查一下{room}的温度
        """,
        gives="temperature=#degrees humidity=#percent", reply="The {room} has {temperature} degrees and {humidity}% humidity.", reply_zh="{room}现在 {temperature} 度，湿度 {humidity}%。", tags="devstate thermostat weather",
    ),
    dict(
        names="set_blinds blinds curtains shutters move_blinds shade_control roller",
        about="Open or close blinds and curtains|Move the blinds|Controls shutters|打开或关闭窗帘",
        args="""
            room/window/which/where: room
            action/command/direction/state: open~up~OPEN(open/打开,拉开) | close~down~CLOSE(close/关上,拉上)
        """,
        en="""
            {action} the blinds in the {room}
            {action} the {room} blinds
            {action} the curtains in the {room}
            {room} curtains: {action}
            pull up the blinds in the {room} <action=open>
            draw the curtains in the {room} <action=close>
            let some light into the {room} <action=open>
            shut the {room} shutters <action=close>
            raise the shutters of the {room} <action=open>
            lower the blinds in the {room} <action=close>
            blinds down in the {room} <action=close>
            blinds up in the {room} <action=open>
            the sun blinds me in the {room}, close the curtains <action=close>
        """,
        zh="""
            {action}{room}的窗帘
            把{room}的窗帘拉上 <action=close>
            拉开{room}的窗帘 <action=open>
            {room}窗帘{action}
            {room}太晒了，拉上窗帘 <action=close>
        """,
        ask="close the blinds <action=close>|open the curtains <action=open>", ask_zh="拉上窗帘 <action=close>", tags="blinds", split="open: open_blinds open_curtains; close: close_blinds close_curtains",
    ),
    dict(
        names="set_scene activate_scene scene run_scene mood_scene start_scene",
        about="Activate a scene|Start a lighting scene|Runs a home scene|切换家庭场景",
        args="scene/name/mood: scene",
        en="""
            activate {scene}
            scene {scene}
            start the {scene} scene
            {scene} mode
            switch to {scene}
            set the house to {scene}
            put on the {scene} scene
            it's time for {scene}
            run {scene}
            make it {scene} mode
            I want the {scene} mood
            change the scene to {scene}
        """,
        zh="""
            {scene}模式
            切换到{scene}模式
            打开{scene}场景
            启动{scene}
            开启{scene}模式
            来个{scene}场景
        """,
        ask="activate a scene|change the scene", ask_zh="换个场景",
    ),
    dict(
        names="set_light_color light_color lamp_color color_light rgb hue",
        about="Set the color of a light|Change light color|Colors a lamp|设置灯的颜色",
        args="""
            light/device/lamp/name: device
            color/colour/value: color
        """,
        en="""
            make the {light} {color}
            set the {light} to {color}
            {light} {color}
            change the color of the {light} to {color}
            turn the {light} {color}
            I want {color} light from the {light}
            {color} for the {light}
            color the {light} {color}
            the {light} in {color} please
            let the {light} shine {color}
        """,
        zh="""
            把{light}变成{color}
            {light}调成{color}
            {light}换{color}
            我要{light}是{color}
            将{light}的颜色改为{color}
        """,
        ask="change the light color|make the {light} another color", ask_zh="换个灯光颜色", tags="color level",
    ),
    dict(
        names="arm_alarm alarm_system security_system set_security house_alarm",
        about="Arm or disarm the alarm system|Security system of the house|Sets the burglar alarm|布防或撤防",
        args="""
            mode/action/state/command: arm~armed~on~true(arm/布防) | disarm~disarmed~off~false(disarm/撤防)
            code/pin?: code
        """,
        en="""
            {mode} the alarm[ with code {code}]
            {mode} the security system[, code {code}]
            {mode} the house[ using {code}]
            {mode} the burglar alarm[ with pin {code}]
            we are leaving, arm the alarm[, the code is {code}] <mode=arm>
            I'm home, disarm the system[ with {code}] <mode=disarm>
            protect the house <mode=arm>
            alarm system on[, pin {code}] <mode=arm>
            turn the alarm system off[, code {code}] <mode=disarm>
            stop guarding the house[, {code}] <mode=disarm>
        """,
        zh="""
            {mode}[，密码{code}]
            家里{mode}[，密码是{code}]
            打开安防系统[，密码{code}] <mode=arm>
            关闭安防[，密码{code}] <mode=disarm>
            出门了，布防 <mode=arm>
            回家了，撤防[，密码{code}] <mode=disarm>
        """,
        tags="security", split="arm: arm_alarm arm_system; disarm: disarm_alarm disarm_system",
    ),
    dict(
        names="water_garden irrigation sprinkle water_plants irrigate sprinkler",
        about="Water plants for some minutes|Garden irrigation|Waters a bed or the lawn|给植物浇水",
        args="""
            area/plants/zone/what: plant
            minutes/duration_minutes/time?: #small
        """,
        en="""
            water the {area}[ for {minutes} minutes]
            give the {area} some water[ for {minutes} minutes]
            sprinkle the {area}[ for {minutes} min]
            irrigate the {area}[ for {minutes} minutes]
            the {area} looks dry, water it[ for {minutes} minutes]
            [{minutes} minutes of ]water for the {area}
            start watering the {area}[ for {minutes} minutes]
            the {area} need water[, {minutes} minutes]
            let the sprinkler run on the {area}[ for {minutes} minutes]
        """,
        zh="""
            给{area}浇水[{minutes}分钟]
            浇一下{area}[，{minutes}分钟]
            {area}该浇水了[，浇{minutes}分钟]
            灌溉{area}[{minutes}分钟]
        """,
        ask="start the irrigation|water it", ask_zh="浇水",
    ),
    dict(
        names="start_vacuum vacuum_robot clean_room robot_clean vacuum clean_floor",
        about="Send the vacuum robot to a room|Clean a room with the robot|Robot vacuum control|让扫地机器人打扫房间",
        args="room/where/area/zone: room",
        en="""
            vacuum the {room}
            clean the {room}
            send the robot to the {room}
            let the robot clean the {room}
            the {room} is dirty, vacuum it
            hoover the {room}
            start cleaning in the {room}
            sweep the {room}
            {room} needs a clean
            robot, do the {room}
            can the vacuum take care of the {room}?
        """,
        zh="""
            打扫{room}
            让扫地机器人扫{room}
            清扫一下{room}
            {room}脏了，扫一下
            去{room}吸尘
        """,
        ask="start the vacuum|clean up", ask_zh="扫地",
    ),
    dict(
        names="start_wash washing_machine laundry start_laundry wash_clothes run_washer",
        about="Start the washing machine with a program|Run a laundry program|启动洗衣机",
        args="""
            program/mode/cycle: cotton(cotton/棉织物) | wool(wool/羊毛) | quick~short(quick/快洗) | eco(eco/节能)
            temperature/degrees?: #int
        """,
        en="""
            start the washing machine on {program}[ at {temperature} degrees]
            wash with the {program} program[ at {temperature}]
            run a {program} wash[ at {temperature} degrees]
            laundry: {program}[, {temperature} degrees]
            do the laundry on {program}[ with {temperature} degrees]
            {program} cycle[ at {temperature}] please
            use {program} for the washing[ at {temperature}]
        """,
        zh="""
            用{program}模式洗衣服[，{temperature}度]
            洗衣机{program}[，{temperature}度]
            开始{program}洗涤[，{temperature}度]
        """,
        ask="start the washing machine|do the laundry", ask_zh="洗衣服",
    ),
    dict(
        names="preheat_oven set_oven oven bake_at oven_temperature",
        about="Preheat the oven|Set the oven temperature|预热烤箱",
        args="""
            temperature/degrees/heat: #int
            minutes/timer/duration_minutes?: #small
        """,
        en="""
            preheat the oven to {temperature}[ for {minutes} minutes]
            heat the oven to {temperature} degrees[ for {minutes} minutes]
            oven to {temperature}[, {minutes} minutes]
            set the oven at {temperature} degrees[ for {minutes} minutes]
            bake at {temperature}[ for {minutes} minutes]
            get the oven to {temperature}
            oven on, {temperature} degrees
        """,
        zh="""
            烤箱预热到{temperature}度[，{minutes}分钟]
            把烤箱设为{temperature}度[，{minutes}分钟]
            烤箱{temperature}度[烤{minutes}分钟]
        """,
        ask="preheat the oven|start the oven", ask_zh="预热烤箱",
    ),
    dict(
        names="make_coffee brew_coffee coffee_machine brew coffee",
        about="Make coffee|Brew some cups of coffee|Runs the coffee machine|煮咖啡",
        args="""
            cups/count/amount/number: #small
            strength/kind?: mild~light(mild,weak/淡) | normal~medium(normal/普通) | strong~dark(strong/浓)
        """,
        en="""
            make {cups} cups of coffee[, {strength}]
            brew {cups} coffees[ {strength}]
            [{strength} ]coffee for {cups} please
            I need {cups} cups of[ {strength}] coffee
            {cups} coffees please[, {strength}]
            start the coffee, {cups} cups[, {strength}]
            we are {cups} people and want coffee
        """,
        zh="""
            煮{cups}杯咖啡[，{strength}一点]
            来{cups}杯[{strength}]咖啡
            做{cups}杯咖啡
        """,
        ask="make coffee|I want coffee", ask_zh="煮咖啡",
    ),
    dict(
        names="feed_pet pet_feeder feeder dispense_food feed_animal",
        about="Feed a pet|Dispense a portion of pet food|给宠物喂食",
        args="""
            pet/animal/name/who: pet
            grams/amount/portion?: #int
        """,
        en="""
            feed {pet}[ {grams} grams]
            give {pet} some food[, {grams} grams]
            {pet} is hungry[, {grams} grams]
            food for {pet}[, {grams} g]
            dispense[ {grams} grams of] food for {pet}
            it's feeding time for {pet}
            serve {pet} [{grams} grams of ]dinner
        """,
        zh="""
            喂{pet}[{grams}克]
            给{pet}喂食[{grams}克]
            {pet}饿了
            给{pet}倒[{grams}克]粮
        """,
        ask="feed the pet|give it some food", ask_zh="喂宠物",
    ),
    dict(
        names="camera_snapshot take_snapshot show_camera camera_view security_camera",
        about="Show the picture of a camera|Take a camera snapshot|Look at a security camera|查看摄像头画面",
        args="camera/name/location/where: door",
        en="""
            show me the camera at the {camera}
            who is at the {camera}?
            take a picture from the {camera} camera
            {camera} camera
            what does the {camera} camera see?
            snapshot of the {camera}
            is somebody at the {camera}?
            let me see the {camera}
            look outside at the {camera}
        """,
        zh="""
            看看{camera}的摄像头
            {camera}有人吗
            打开{camera}监控
            拍一张{camera}的照片
        """,
        gives="url=url", reply="Here is the picture: {url}.", reply_zh="图片在这里：{url}。",
    ),
    dict(
        names="energy_usage power_consumption electricity energy_meter device_energy",
        about="Energy use of a device|Read the electricity consumption|How much power something uses|查询用电量",
        args="""
            device/appliance/name: device
            period/when/range?: date
        """,
        en="""
            how much power does the {device} use[ {period}]?
            energy consumption of the {device}[ for {period}]
            electricity used by the {device}[ {period}]
            what did the {device} consume[ {period}]?
            power usage {device}[ {period}]
            how many kilowatt hours has the {device} burned[ {period}]?
            is the {device} using a lot of electricity?
        """,
        zh="""
            {device}[{period}]用了多少电
            {device}[{period}]的耗电量
            查询{device}的用电
        """,
        gives="kwh=#number", reply="The {device} used {kwh} kWh.", reply_zh="{device}用了 {kwh} 度电。",
    ),
    dict(
        names="garage_door gate_control open_gate operate_gate garage",
        about="Open, close or stop a gate|Operate the garage door|控制车库门或大门",
        args="""
            gate/door/which: door
            command/action: open~OPEN(open/打开) | close~CLOSE~shut(close/关上) | stop~STOP~halt(stop/停住)
        """,
        en="""
            {command} the {gate}
            the {gate} should {command}
            {gate} {command}
            let the {gate} {command}
            raise the {gate} <command=open>
            shut the {gate} <command=close>
            hold the {gate} where it is <command=stop>
            I'm coming home, open the {gate} <command=open>
            pull down the {gate} <command=close>
            halt the {gate} <command=stop>
        """,
        zh="""
            {command}{gate}
            把{gate}{command}
            {gate}{command}一下
            让{gate}停下 <command=stop>
        """,
        tags="gate",
    ),
]
