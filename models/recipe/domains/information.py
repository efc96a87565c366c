"""Looking things up: the web, news, prices, rates, words, people, places, tables."""

DOMAINS = [
    dict(
        names="web_search search google search_web internet_search lookup_web find_online browse_web",
        about="Search the web|Search the internet for a query|Web search|Finds pages on the internet|网页搜索",
        args="query/q/search/term/keywords: topic",
        en="""
            search the web for {query}
            google {query}
            look up {query} online
            search for {query}
            find information about {query}
            web search {query}
            what does the internet say about {query}?
            search {query}
            find something on the web about {query}
            browse for {query}
            check the internet for {query}
            do a search on {query}
            I want to know more about {query}, search it
            find pages about {query}
            is there anything online about {query}?
            {query}, look it up on the web
            research {query}
        """,
        zh="""
            搜索{query}
            上网查{query}
            在网上找{query}
            帮我搜一下{query}
            百度一下{query}
            查找关于{query}的信息
        """,
        ask="search the web|google something", ask_zh="上网搜索", gives="results=[url]", tags="web anything",
    ),
    dict(
        names="get_news news headlines latest_news news_search news_feed",
        about="Get the latest news about a topic|News headlines|Reads the news|获取新闻",
        args="topic/about/category/query?: topic",
        en="""
            what's in the news[ about {topic}]?
            latest news[ on {topic}]
            news[ about {topic}]
            headlines[ on {topic}]
            any news[ about {topic}]?
            show me the news[ about {topic}]
            what happened today[ in {topic}]?
            read me the headlines
            give me today's news[ on {topic}]
            tell me the news[ about {topic}]
            what's new with {topic}?
        """,
        zh="""
            [关于{topic}的]新闻
            今天有什么新闻
            看看[{topic}的]新闻
            最新消息[，{topic}]
            有什么[{topic}]头条
        """,
        gives="headlines=[topic]", tags="news",
    ),
    dict(
        names="fetch_url http_get fetch open_url get_page load_page web_fetch read_website",
        about="Fetch a URL|HTTP GET request|Load a web page|Downloads a page|获取网页内容",
        args="url/address/link/page/website: url",
        en="""
            fetch {url}
            get {url}
            open {url}
            load {url}
            download the page {url}
            make a GET request to {url}
            what is on {url}?
            show me {url}
            read the page at {url}
            request {url}
            visit {url}
            go to {url}
            what does {url} return?
            grab {url}
            curl {url}
        """,
        zh="""
            打开网页{url}
            访问{url}
            获取{url}
            看看{url}上有什么
            请求{url}
        """,
        ask="open a website|fetch a page", ask_zh="打开网页", gives="status=#int title=topic", reply="The page answered {status}: {title}.", reply_zh="网页返回 {status}：{title}。", tags="fetch",
    ),
    dict(
        names="stock_price get_quote get_stock ticker quote share_price stock",
        about="Get a stock price|Price of a share by symbol|Stock quote|查询股票价格",
        args="symbol/ticker/stock/company: symbol",
        en="""
            stock price of {symbol}
            what is {symbol} trading at?
            how much is {symbol} stock?
            quote for {symbol}
            price of {symbol} shares
            how is {symbol} doing on the market?
            check the stock {symbol}
            {symbol} stock
            get me the {symbol} share price
            {symbol} quote
            what are {symbol} shares worth?
            is {symbol} up or down?
            where does {symbol} stand on the stock exchange?
            how much do I pay for one share of {symbol}?
        """,
        zh="""
            {symbol}股价多少
            {symbol}的股票价格
            查{symbol}股票
            {symbol}现在多少钱一股
            {symbol}涨了吗
        """,
        ask="get a stock price|stock quote", ask_zh="查股价", gives="price=#number", reply="{symbol} is at {price}.", reply_zh="{symbol} 现价 {price}。", tags="stock",
    ),
    dict(
        names="convert_currency exchange_rate currency fx money_convert exchange currency_converter",
        about="Convert money between currencies|Currency exchange|Exchange rates|货币兑换",
        args="""
            amount/value/sum: #number
            from/base/from_currency/source: currency
            to/target/to_currency/into: currency
        """,
        en="""
            convert {amount} {from} to {to}
            how much is {amount} {from} in {to}?
            {amount} {from} in {to}
            {amount} {from} to {to}
            exchange {amount} {from} to {to}
            what are {amount} {from} worth in {to}?
            change {amount} {from} into {to}
            I have {amount} {from}, how many {to} do I get?
            how many {to} is {amount} {from}?
            {amount} {from} equals how many {to}?
            what do {amount} {from} make in {to}?
        """,
        zh="""
            {amount}{from}换成{to}是多少
            {amount}{from}等于多少{to}
            把{amount}{from}兑换成{to}
            {amount}{from}能换多少{to}
        """,
        ask="exchange money|convert {amount} {from}", ask_zh="换钱", gives="result=#number", reply="{amount} {from} is {result} {to}.", reply_zh="{amount} {from} 是 {result} {to}。", tags="units money",
    ),
    dict(
        names="crypto_price coin_price get_crypto bitcoin_price crypto",
        about="Price of a cryptocurrency|Get the value of a coin|查询数字货币价格",
        args="coin/currency/symbol: coin",
        en="""
            what is {coin} worth?
            price of {coin}
            how much is one {coin}?
            {coin} price
            {coin} rate now
            check {coin}
            how high is {coin} today?
            value of {coin}
            is {coin} falling?
        """,
        zh="""
            {coin}多少钱
            {coin}价格
            查一下{coin}
            {coin}现在什么价
        """,
        gives="price=#number", reply="{coin} is at {price}.", reply_zh="{coin} 现价 {price}。", tags="stock money",
    ),
    dict(
        names="define dictionary define_word word_meaning lookup_word meaning",
        about="Look up the meaning of a word|Dictionary definition|Explains a word|查词典",
        args="word/term/q: word",
        en="""
            define {word}
            what does {word} mean?
            meaning of {word}
            look up the word {word}
            definition of {word}
            explain the word {word}
            what is the meaning of {word}?
            dictionary: {word}
            {word} means what?
            what does the word "{word}" stand for?
            {word} definition
            look {word} up in the dictionary
        """,
        zh="""
            {word}是什么意思
            解释{word}
            查词典{word}
            {word}的定义
            {word}这个词怎么解释
        """,
        ask="define a word|look up a word", ask_zh="查一个词", gives="meaning=topic", reply="{word}: {meaning}", reply_zh="{word}：{meaning}", tags="define",
    ),
    dict(
        names="synonyms find_synonyms thesaurus similar_words word_synonyms",
        about="Find synonyms of a word|Thesaurus|查找近义词",
        args="word/term: word",
        en="""
            synonyms for {word}
            another word for {word}
            what is a synonym of {word}?
            words like {word}
            find synonyms of {word}
            other ways to say {word}
            thesaurus {word}
            similar words to {word}
        """,
        zh="""
            {word}的近义词
            和{word}意思相近的词
            {word}的同义词
        """,
        gives="words=[word]", tags="define",
    ),
    dict(
        names="spell_check check_spelling spellcheck correct_text grammar_check proofread",
        about="Check the spelling of a text|Correct grammar and spelling|检查拼写",
        args="text/sentence/input/content: message",
        en="""
            check the spelling of: {text}
            spellcheck {text}
            is this spelled right: {text}
            correct this: {text}
            proofread {text}
            any mistakes in "{text}"?
            fix the grammar of: {text}
            check this sentence: {text}
        """,
        zh="""
            检查拼写：{text}
            改正这句话：{text}
            {text}有错别字吗
        """,
    ),
    dict(
        names="database_query query_db db_query lookup query_table find_record table_lookup",
        about="Look up a row in a table by name|Query the database|Find records in a database table|查询数据库表",
        args="""
            table/from/collection: table
            name/value/search/key: person
        """,
        en="""
            find {name} in the {table} table
            look up {name} in {table}
            search {table} for {name}
            query {table} where name is {name}
            is {name} in the {table} table?
            get the record of {name} from {table}
            show me {name} from the {table} table
            database: {table} entry for {name}
            what do we have on {name} in {table}?
            pull {name} out of {table}
            {table}: {name}
            find the {table} row of {name}
            does {table} contain {name}?
            check {table} for {name}
        """,
        zh="""
            在{table}表里查{name}
            查{table}中的{name}
            {table}里有{name}吗
            从{table}表找{name}
        """,
        ask="query the database|look up {name}", ask_zh="查数据库", gives="rows=[person]", tags="database",
    ),
    dict(
        names="run_sql sql execute_query sql_query select db_select",
        about="Run a SQL query|Execute a read-only SQL statement|执行SQL查询",
        args="query/sql/statement: query",
        en="""
            run {query}
            execute {query}
            sql: {query}
            {query}
            run this query: {query}
            run the sql statement {query}
            what does {query} return?
            send {query} to the database
        """,
        zh="""
            执行{query}
            运行SQL：{query}
            查询 {query}
        """,
        tags="database",
    ),
    dict(
        names="count_rows count_records how_many table_count count_entries",
        about="Count the rows of a table|Number of records in a table|统计表的行数",
        args="table/collection/from: table",
        en="""
            how many {table} do we have?
            count the {table}
            number of {table}
            how many rows are in {table}?
            how many records does {table} have?
            total {table}
            count all {table}
            size of the {table} table
        """,
        zh="""
            有多少{table}
            {table}表有多少行
            统计{table}的数量
        """,
        gives="count=#int", reply="There are {count} {table}.", reply_zh="{table} 共有 {count} 条。", tags="database",
    ),
    dict(
        names="match_result sports_score score game_result get_score scores",
        about="Result of the last game of a team|Sports scores|查询比赛结果",
        args="team/club/name: team",
        en="""
            how did {team} play?
            what's the score of the {team} game?
            result of {team}
            did {team} win?
            {team} score
            how did the {team} match end?
            last game of {team}
            did {team} lose yesterday?
            who won, {team} or the others?
            {team} result please
        """,
        zh="""
            {team}赢了吗
            {team}比分
            {team}的比赛结果
            {team}昨天打得怎么样
        """,
        gives="score=clocktime", tags="sport",
    ),
    dict(
        names="find_movie movie_info film_info movie_search get_movie",
        about="Information about a movie|Look up a film|查询电影信息",
        args="title/movie/film/name: movie",
        en="""
            tell me about the movie {title}
            who directed {title}?
            when did {title} come out?
            info on the film {title}
            who plays in {title}?
            find the movie {title}
            is {title} a good movie?
            how long is the film {title}?
            rating of {title}
            what year is {title} from?
        """,
        zh="""
            电影{title}的信息
            {title}是谁导演的
            {title}评分多少
            查一下电影{title}
        """,
        gives="year=#year rating=#small", tags="movie",
    ),
    dict(
        names="recommend_movie suggest_movie movie_tip what_to_watch film_recommendation",
        about="Recommend a movie of a genre|Suggest something to watch|推荐电影",
        args="genre/kind/type: genre",
        en="""
            recommend a {genre} movie
            I want to watch a {genre}
            suggest a {genre} film
            any good {genre} movies?
            what {genre} should I watch?
            give me a {genre} to watch tonight
            a {genre} movie please
            I'm in the mood for {genre}
        """,
        zh="""
            推荐一部{genre}
            想看{genre}
            有什么好看的{genre}
        """,
        ask="recommend a movie|what should I watch?", ask_zh="推荐一部电影", gives="title=movie", tags="movie2",
    ),
    dict(
        names="find_book book_search book_info search_books get_book",
        about="Find a book by title|Look up a book|查找图书",
        args="title/book/name: book",
        en="""
            find the book {title}
            who wrote {title}?
            search for the book {title}
            is {title} available?
            how many pages has {title}?
            I'm looking for {title}, it's a book
            book info {title}
            tell me about the novel {title}
        """,
        zh="""
            查找图书{title}
            {title}这本书的信息
            有{title}这本书吗
        """,
        gives="author=person year=#year", tags="book",
    ),
    dict(
        names="wikipedia wiki encyclopedia lookup_article wiki_summary knowledge",
        about="Look up an article in the encyclopedia|Wikipedia summary|查百科",
        args="topic/title/article/subject: topic",
        en="""
            what does wikipedia say about {topic}?
            wiki {topic}
            look up {topic} in the encyclopedia
            wikipedia article on {topic}
            encyclopedia: {topic}
            read the article about {topic}
            give me the wiki summary of {topic}
            tell me what is known about {topic}
        """,
        zh="""
            百科{topic}
            查百科{topic}
            维基上的{topic}
        """,
        gives="summary=note", reply="{summary}", reply_zh="{summary}", tags="web anything",
    ),
    dict(
        names="sunrise sunset_time sun_times sunrise_sunset daylight",
        about="Sunrise and sunset of a place|When does the sun rise or set|查询日出日落时间",
        args="""
            city/place/location: city
            date/day?: day
        """,
        en="""
            when does the sun set in {city}[ {date}]?
            sunrise in {city}[ {date}]
            when is sunset in {city}[ {date}]?
            what time does the sun come up in {city}[ {date}]?
            when does it get dark in {city}[ {date}]?
            how long is the day in {city}[ {date}]?
            daylight in {city}[ {date}]
        """,
        zh="""
            {city}[{date}]几点日出
            {city}[{date}]什么时候天黑
            {city}的日落时间
        """,
        gives="sunrise=clocktime sunset=clocktime", reply="In {city} the sun rises at {sunrise} and sets at {sunset}.", reply_zh="{city}日出 {sunrise}，日落 {sunset}。", tags="weather2",
    ),
    dict(
        names="air_quality aqi pollution get_air_quality smog pollen",
        about="Air quality of a city|Pollution index|查询空气质量",
        args="city/place/location: city",
        en="""
            how is the air in {city}?
            air quality in {city}
            is the air in {city} polluted?
            aqi of {city}
            smog in {city}?
            can I breathe well in {city}?
            pollution level of {city}
            is there much pollen in {city}?
        """,
        zh="""
            {city}空气质量怎么样
            {city}有雾霾吗
            {city}的空气指数
        """,
        gives="index=#int level=status", tags="weather2",
    ),
    dict(
        names="public_holidays holidays next_holiday bank_holidays",
        about="Public holidays of a country|When are the holidays|查询公共假日",
        args="""
            country/where/place: country
            year?: #year
        """,
        en="""
            what are the holidays in {country}[ in {year}]?
            public holidays {country}[ {year}]
            when is the next holiday in {country}?
            which days are off in {country}[ in {year}]?
            bank holidays in {country}[ {year}]
            is there a holiday soon in {country}?
        """,
        zh="""
            {country}[{year}年]的假期
            {country}有哪些公共假日
            {country}[{year}年]放假安排
        """,
        gives="dates=[date]",
    ),
    dict(
        names="days_until date_difference countdown_days days_between day_count",
        about="Days until a date|Count the days to a date|距离某天还有几天",
        args="date/day/until/to: date",
        en="""
            how many days until {date}?
            how long until {date}?
            days left to {date}
            how many days is it to {date}?
            count the days until {date}
            when is {date}, in how many days?
            days to go until {date}
        """,
        zh="""
            离{date}还有几天
            距离{date}多少天
            还有多少天到{date}
        """,
        gives="days=#int", reply="{days} days until {date}.", reply_zh="离{date}还有 {days} 天。", tags="dates",
    ),
    dict(
        names="weekday day_of_week which_day day_name",
        about="Tells the weekday of a date|Which day of the week is a date|查询某天是星期几",
        args="date/day: date",
        en="""
            what weekday is {date}?
            which day of the week is {date}?
            on which day does {date} fall?
            is {date} a sunday?
            {date} is what day?
            weekday of {date}
        """,
        zh="""
            {date}是星期几
            {date}周几
        """,
        tags="dates clock",
    ),
    dict(
        names="population country_info city_info facts_about place_facts",
        about="Facts about a country|Population and capital of a country|查询国家信息",
        args="country/name/nation: country",
        en="""
            how many people live in {country}?
            capital of {country}
            what is the capital of {country}?
            population of {country}
            tell me facts about {country}
            how big is {country}?
            which currency does {country} have?
            info about {country}
        """,
        zh="""
            {country}的首都是哪里
            {country}有多少人口
            {country}的基本信息
        """,
        gives="capital=city population=#int", tags="facts anything",
    ),
    dict(
        names="ask_expert ask knowledge_base faq search_docs search_documentation help_center find_answer",
        about="Search the documentation|Find an answer in the help center|Look something up in the manual|搜索帮助文档",
        args="question/query/topic: topic",
        en="""
            what does the manual say about {question}?
            search the docs for {question}
            look up {question} in the documentation
            help article on {question}
            find {question} in the help center
            is there anything about {question} in the manual?
            documentation for {question}
            faq {question}
        """,
        zh="""
            文档里怎么说{question}
            在手册里查{question}
            帮助文档：{question}
        """,
        tags="web anything",
    ),
    dict(
        names="horoscope zodiac star_sign daily_horoscope",
        about="Horoscope of a star sign|星座运势",
        args="sign/zodiac/star_sign: sign",
        en="""
            horoscope for {sign}
            what do the stars say for {sign}?
            my sign is {sign}, how will my day be?
            {sign} horoscope
            I'm a {sign}, read me my horoscope
            luck for {sign} today
        """,
        zh="""
            {sign}今天的运势
            {sign}运势怎么样
            我是{sign}，今天如何
        """,
        ask="read my horoscope|horoscope please", ask_zh="看看星座运势",
    ),
    dict(
        names="lottery lottery_numbers lotto_results winning_numbers",
        about="Lottery results of a day|Winning lottery numbers|彩票开奖号码",
        args="date/day/draw?: date",
        en="""
            lottery numbers[ of {date}]
            what were the winning numbers[ {date}]?
            lotto results[ {date}]
            did I win the lottery[ {date}]?
            which numbers were drawn[ {date}]?
        """,
        zh="""
            [{date}的]彩票开奖号码
            [{date}]中奖号码是什么
        """,
    ),
]
