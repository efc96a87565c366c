"""Body and mind: medicine, doctors, training, sleep, food diary."""

DOMAINS = [
    dict(
        names="log_weight record_weight weight track_weight add_weight",
        about="Record the body weight|Log weight in kg|记录体重",
        args="""
            weight/kg/value/amount: #number
            date/day?: date
        """,
        en="""
            I weigh {weight} kg
            my weight is {weight}[ {date}]
            log weight {weight}[ for {date}]
            record {weight} kilos[ {date}]
            the scale says {weight}
            weight: {weight}[, {date}]
            put down {weight} kg as my weight
            {weight} kg this morning
        """,
        zh="""
            我体重{weight}公斤
            记录体重{weight}
            [{date}]称重{weight}公斤
        """,
        ask="log my weight", ask_zh="记录体重", tags="weight",
    ),
    dict(
        names="log_blood_pressure blood_pressure record_bp bp",
        about="Record blood pressure|Log systolic and diastolic pressure|记录血压",
        args="""
            systolic/upper/high: #int
            diastolic/lower/low: #int
        """,
        en="""
            blood pressure {systolic} over {diastolic}
            my blood pressure is {systolic}/{diastolic}
            log {systolic} to {diastolic} as blood pressure
            record bp {systolic} {diastolic}
            I measured {systolic} over {diastolic}
            pressure {systolic} / {diastolic}
        """,
        zh="""
            血压{systolic}/{diastolic}
            我的血压是{systolic}和{diastolic}
            记录血压高压{systolic}低压{diastolic}
        """,
        ask="record my blood pressure", ask_zh="记录血压",
    ),
    dict(
        names="take_medicine log_medicine medication record_dose took_pill",
        about="Record that a medicine was taken|记录服药",
        args="""
            medicine/name/drug/pill: medicine
            dose/amount/count?: #small
            time/at?: time
        """,
        en="""
            I took[ {dose}] {medicine}[ at {time}]
            log that I took {medicine}[ at {time}]
            {medicine} taken[ at {time}]
            [{dose} ]{medicine} swallowed
            record {medicine}[, {dose} pills]
            had my {medicine}[ at {time}]
            I just had {medicine}
        """,
        zh="""
            我[{time}]吃了{medicine}
            记录服用{medicine}[，{dose}片]
            {medicine}吃过了
        """,
        ask="I took my medicine", ask_zh="我吃药了", tags="medicine",
    ),
    dict(
        names="medicine_info drug_info pill_info medication_info check_drug",
        about="Information about a medicine|查询药品信息",
        args="medicine/name/drug: medicine",
        en="""
            what is {medicine} for?
            side effects of {medicine}
            how much {medicine} may I take?
            tell me about {medicine}
            is {medicine} dangerous?
            can I drive after {medicine}?
            information on the drug {medicine}
        """,
        zh="""
            {medicine}有什么副作用
            {medicine}是治什么的
            {medicine}怎么吃
        """,
        tags="medicine2",
    ),
    dict(
        names="check_symptom symptom_checker health_advice what_helps symptoms",
        about="Advice for a symptom|症状查询",
        args="symptom/complaint/problem: symptom",
        en="""
            I have {symptom}
            what helps against {symptom}?
            what can I do about {symptom}?
            I'm suffering from {symptom}
            {symptom}, what should I do?
            is {symptom} serious?
            since yesterday I have {symptom}
        """,
        zh="""
            我{symptom}
            {symptom}怎么办
            {symptom}吃什么药
        """,
        ask="I don't feel well",
    ),
    dict(
        names="book_doctor doctor_appointment make_appointment see_doctor appointment",
        about="Make an appointment with a doctor|预约医生",
        args="""
            doctor/name/with/specialist: doctor
            date/day/when: date
            time/at?: time
        """,
        en="""
            book an appointment with {doctor} on {date}[ at {time}]
            I need to see {doctor} {date}[ at {time}]
            appointment at {doctor} for {date}[ {time}]
            get me a date with {doctor} on {date}[ at {time}]
            {doctor}, {date}[, {time}] please
            make an appointment: {doctor}, {date}[, {time}]
            when can I see {doctor}? {date} would be good
        """,
        zh="""
            预约{date}[{time}]的{doctor}
            [{time}]{date}挂{doctor}的号
            我要{date}看{doctor}
        """,
        ask="make a doctor's appointment|I need to see {doctor}", ask_zh="预约医生|挂号", tags="calendar doctor",
    ),
    dict(
        names="log_workout start_workout record_exercise workout training add_exercise",
        about="Log a workout|Record exercise with minutes|记录运动",
        args="""
            exercise/activity/kind/type: exercise
            minutes/duration/length: #small
        """,
        en="""
            I did {minutes} minutes of {exercise}
            log {exercise}, {minutes} minutes
            {minutes} minutes {exercise} done
            record a workout: {exercise} for {minutes} minutes
            {exercise} for {minutes} min
            add {minutes} minutes of {exercise} to my training
            today: {exercise} {minutes} minutes
        """,
        zh="""
            我{exercise}了{minutes}分钟
            记录{exercise}{minutes}分钟
            {exercise}{minutes}分钟
        """,
        ask="log my workout|I did some {exercise}", ask_zh="记录运动", tags="workout",
    ),
    dict(
        names="get_steps step_count steps pedometer daily_steps",
        about="Steps of a day|How far did I walk|查询步数",
        args="date/day?: date",
        en="""
            how many steps did I walk[ {date}]?
            my steps[ {date}]
            step count[ for {date}]
            did I move enough[ {date}]?
            steps please
            how far did I walk[ {date}]?
        """,
        zh="""
            [{date}]我走了多少步
            查步数
            [{date}]步数
        """,
        gives="steps=#int", reply="You walked {steps} steps.", reply_zh="你走了 {steps} 步。",
    ),
    dict(
        names="log_sleep record_sleep sleep add_sleep",
        about="Record hours of sleep|记录睡眠",
        args="""
            hours/duration/amount: #small
            quality?: good(good,well/好) | bad~poor(bad,badly/差) | ok~average(okay/一般)
        """,
        en="""
            I slept {hours} hours[, {quality}]
            log {hours} hours of sleep
            {hours} hours sleep last night
            only {hours} hours of sleep[, {quality}]
            sleep: {hours}
            I slept well, {hours} hours <quality=good>
            bad night, {hours} hours <quality=bad>
        """,
        zh="""
            我睡了{hours}个小时
            记录睡眠{hours}小时
            睡得不好，{hours}小时 <quality=bad>
        """,
        ask="log my sleep", ask_zh="记录睡眠",
    ),
    dict(
        names="log_meal food_diary track_calories record_meal add_meal calories_eaten",
        about="Record a meal|Food diary|记录饮食",
        args="""
            food/meal/what/dish: food
            kind/when/meal_type?: breakfast(breakfast/早餐) | lunch(lunch/午餐) | dinner~supper(dinner/晚餐) | snack(a snack/零食)
        """,
        en="""
            I ate {food}[ for {kind}]
            log {food}[ as {kind}]
            {food} for {kind}
            I had {food}
            my {kind} was {food}
            put {food} in my food diary
            record a meal: {food}[, {kind}]
        """,
        zh="""
            我[{kind}]吃了{food}
            记录{kind}：{food}
            饮食记录{food}
        """,
        ask="log a meal", tags="meal",
    ),
    dict(
        names="calories nutrition food_info calorie_count nutrition_facts",
        about="Calories of a food|Nutrition facts|查询食物热量",
        args="""
            food/name/item: food
            grams/amount/weight?: #int
        """,
        en="""
            how many calories has[ {grams} grams of] {food}?
            calories of {food}
            is {food} fattening?
            nutrition facts for {food}
            how much protein is in[ {grams} grams of] {food}?
            how healthy is {food}?
            energy in[ {grams} g] {food}
        """,
        zh="""
            {food}有多少卡路里
            [{grams}克]{food}的热量
            {food}的营养成分
        """,
        gives="calories=#int", reply="{food} has {calories} calories.", reply_zh="{food}有 {calories} 卡路里。", tags="meal2",
    ),
    dict(
        names="log_water drink_water water_intake track_water add_water",
        about="Record drunk water in ml or glasses|记录喝水",
        args="""
            amount/value/ml/count: #int
            unit?: ml(ml,milliliters/毫升) | glasses~glass(glasses/杯)
        """,
        en="""
            I drank {amount} {unit} of water
            log {amount} {unit} water
            {amount} {unit} of water
            add {amount} {unit} to my water
            had {amount} {unit} water
            drank {amount} ml <unit=ml>
        """,
        zh="""
            我喝了{amount}{unit}水
            记录喝水{amount}{unit}
        """,
        ask="I drank some water", ask_zh="我喝水了",
    ),
    dict(
        names="bmi calculate_bmi body_mass_index bmi_calculator",
        about="Body mass index from weight and height|计算BMI",
        args="""
            weight/kg/mass: #int
            height/cm/size: #int
        """,
        en="""
            my bmi with {weight} kg and {height} cm
            bmi for {weight} kilos at {height} cm
            I'm {height} cm tall and weigh {weight} kg, what's my bmi?
            calculate the bmi: {weight} kg, {height} cm
            am I too heavy with {weight} kg at {height} centimeters?
        """,
        zh="""
            {height}厘米{weight}公斤的BMI
            我身高{height}，体重{weight}，BMI多少
        """,
        gives="bmi=#number", tags="math3",
    ),
    dict(
        names="start_meditation meditate breathing relax mindfulness",
        about="Start a meditation of some minutes|开始冥想",
        args="minutes/duration/length: #small",
        en="""
            meditate for {minutes} minutes
            start a {minutes} minute meditation
            I want to relax {minutes} minutes
            {minutes} minutes of breathing exercise
            guide me through {minutes} minutes of calm
            meditation, {minutes} min
        """,
        zh="""
            冥想{minutes}分钟
            开始{minutes}分钟的呼吸练习
        """,
        ask="start a meditation|I want to relax", ask_zh="开始冥想",
    ),
    dict(
        names="emergency_call emergency sos call_help alarm_help",
        about="Call for help|Emergency call to police, fire brigade or ambulance|紧急呼叫",
        args="service/who/kind: police(police/警察) | fire(the fire brigade,firefighters/消防) | ambulance(an ambulance/救护车)",
        en="""
            call {service}
            I need {service}
            {service}, quick
            there is a fire <service=fire>
            it's burning <service=fire>
            someone broke in <service=police>
            I was robbed <service=police>
            somebody is unconscious <service=ambulance>
            I think it's a heart attack <service=ambulance>
            help, an accident with injured people <service=ambulance>
        """,
        zh="""
            叫{service}
            着火了 <service=fire>
            有小偷 <service=police>
            有人晕倒了 <service=ambulance>
            快叫救护车 <service=ambulance>
        """,
        tags="emergency call",
    ),
]
