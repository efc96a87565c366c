"""Buying, eating, paying: orders, parcels, tables, recipes, money."""

DOMAINS = [
    dict(
        names="track_package parcel_status track_parcel shipment_status where_is_my_order delivery_status",
        about="Track a parcel by its number|Delivery status of a package|查询快递",
        args="tracking_id/number/id/code/parcel: id",
        en="""
            track package {tracking_id}
            where is my parcel {tracking_id}?
            track the parcel with number {tracking_id}
            what is the status of package {tracking_id}?
            has {tracking_id} been delivered?
            when does {tracking_id} arrive?
            follow the shipment {tracking_id}
            delivery {tracking_id}, where is it?
            is my package {tracking_id} on the way?
            {tracking_id} tracking
        """,
        zh="""
            快递{tracking_id}到哪了
            查快递{tracking_id}
            包裹{tracking_id}的状态
            单号{tracking_id}送到了吗
        """,
        ask="track my package|where is my parcel?", ask_zh="查快递|我的包裹到哪了", gives="status=status", reply="Package {tracking_id} is {status}.", reply_zh="快递 {tracking_id}：{status}。", tags="parcel",
    ),
    dict(
        names="order_food food_delivery order_meal deliver_food takeaway order_dish",
        about="Order food for delivery|Order a meal|点外卖",
        args="""
            dish/meal/item/food: food
            quantity/count/portions?: #small
            restaurant/from/place?: restaurant
        """,
        en="""
            order[ {quantity}] {dish}[ from {restaurant}]
            I would like to order[ {quantity}] {dish}[ at {restaurant}]
            get me[ {quantity}] {dish} delivered[ from {restaurant}]
            order {dish} for dinner[, {quantity} portions]
            I'm hungry, order {dish}[ from {restaurant}]
            bring me[ {quantity}] {dish}
            [{quantity} ]{dish} to my place please
            can you order {dish}[ from {restaurant}]?
            {dish} for delivery[, {quantity} times]
            I want to eat {dish}, have it delivered
            let's have {dish} tonight, order it
        """,
        zh="""
            点[{quantity}份]{dish}[，{restaurant}的]
            外卖订[{quantity}份]{dish}
            我饿了，点{dish}
            来[{quantity}份]{dish}
            帮我叫{dish}外卖
        """,
        ask="order food|I want to order something to eat", ask_zh="点外卖", tags="food",
    ),
    dict(
        names="book_table reserve_restaurant restaurant_reservation reserve_table table_booking",
        about="Book a table at a restaurant|Restaurant reservation|预订餐厅座位",
        args="""
            restaurant/place/where/name: restaurant
            people/guests/persons/seats: #small
            time/at/when?: time
        """,
        en="""
            book a table at {restaurant} for {people} people[ at {time}]
            reserve a table for {people} at {restaurant}[ at {time}]
            table for {people} at {restaurant}[, {time}]
            I want to eat at {restaurant} with {people} people[ at {time}]
            get us a table at {restaurant}, we are {people}[, {time}]
            {restaurant}, {people} persons[, {time}], please reserve
            we're {people} and want to go to {restaurant}[ at {time}]
            make a reservation at {restaurant} for {people}[ at {time}]
        """,
        zh="""
            在{restaurant}订{people}人桌[，{time}]
            [{time}]订{restaurant}，{people}位
            {restaurant}{people}个人[{time}]，帮我预订
        """,
        ask="book a table|reserve a table at {restaurant}|book a table for {people}", ask_zh="订桌", tags="restaurant",
    ),
    dict(
        names="get_recipe recipe_search recipe how_to_cook find_recipe cookbook",
        about="Find a recipe for a dish|How to cook something|查找菜谱",
        args="""
            dish/food/name/meal: food
            servings/people?: #small
        """,
        en="""
            how do I cook {dish}[ for {servings}]?
            recipe for {dish}[ for {servings} people]
            find a recipe for {dish}
            give me a {dish} recipe
            how is {dish} made?
            what do I need for {dish}?
            ingredients of {dish}[ for {servings}]
            I want to make {dish}, how?
            cook {dish} with me
            show me how to prepare {dish}[ for {servings} persons]
            {dish} recipe
        """,
        zh="""
            {dish}怎么做
            {dish}的菜谱
            教我做{dish}[，{servings}人份]
            做{dish}需要什么材料
        """,
        ask="find a recipe|give me a recipe", ask_zh="找个菜谱", gives="minutes=#int", tags="recipe",
    ),
    dict(
        names="find_restaurant restaurants where_to_eat restaurant_search suggest_restaurant",
        about="Find restaurants with a kind of food|Where to eat|查找餐厅",
        args="""
            food/cuisine/kind/dish: food
            city/place/near?: city
        """,
        en="""
            where can I eat {food}[ in {city}]?
            restaurants with {food}[ in {city}]
            find a restaurant for {food}[ in {city}]
            who has good {food}[ in {city}]?
            best {food}[ in {city}]
            I feel like {food}, where to go?
            a place that serves {food}[ in {city}]
        """,
        zh="""
            [{city}]哪里有好吃的{food}
            想吃{food}，有什么餐厅
            [{city}]吃{food}的餐馆
        """,
        gives="name=restaurant", tags="restaurant2 food nearby",
    ),
    dict(
        names="product_search search_products find_product shop_search product_price price_check",
        about="Search a product in the shop|Check the price of a product|搜索商品",
        args="""
            product/item/name/query: product
            max_price/budget/under?: #int
        """,
        en="""
            how much does the {product} cost?
            find a {product}[ under {max_price}]
            price of {product}
            do you sell {product}[ for less than {max_price}]?
            search the shop for {product}[ below {max_price} dollars]
            I'm looking for a {product}[, at most {max_price}]
            show me a {product}[ up to {max_price} euros]
            what's the price of the {product}?
            is there a {product} on offer?
        """,
        zh="""
            {product}多少钱
            搜索{product}[，{max_price}以内]
            找一个{product}[，不超过{max_price}元]
            {product}的价格
        """,
        ask="search a product|check a price", ask_zh="搜索商品", gives="price=#number", reply="The {product} costs {price}.", reply_zh="{product} 的价格是 {price}。", tags="product",
    ),
    dict(
        names="add_to_cart cart_add put_in_cart basket_add buy_product",
        about="Put a product into the shopping cart|Add to cart|加入购物车",
        args="""
            product/item/article: product
            quantity/count/amount?: #small
        """,
        en="""
            add[ {quantity}] {product} to my cart
            put[ {quantity}] {product} in the basket
            I'll take[ {quantity}] {product}, into the cart
            cart:[ {quantity}] {product}
            [{quantity} ]{product} into the shopping cart
            buy[ {quantity}] {product}
        """,
        zh="""
            把[{quantity}个]{product}加入购物车
            购物车加[{quantity}个]{product}
            买[{quantity}个]{product}
        """,
        ask="add it to the cart", ask_zh="加入购物车", tags="cart list",
    ),
    dict(
        names="order_status check_order get_order order_info",
        about="Status of an order|Look up an order by its number|查询订单",
        args="order/order_id/number/id: id",
        en="""
            what's the status of order {order}?
            order {order}
            look up order {order}
            has order {order} shipped?
            check my order {order}
            is {order} paid?
            show order number {order}
            where does order {order} stand?
        """,
        zh="""
            订单{order}的状态
            查订单{order}
            {order}发货了吗
        """,
        ask="check my order|order status", ask_zh="查订单", gives="status=status total=#number", reply="Order {order} is {status}, total {total}.", reply_zh="订单 {order}：{status}，合计 {total}。", tags="parcel",
    ),
    dict(
        names="cancel_order stop_order revoke_order",
        about="Cancel an order|取消订单",
        args="""
            order/order_id/number: id
            reason/why?: note
        """,
        en="""
            cancel order {order}[ because {reason}]
            I want to cancel the order {order}[, {reason}]
            stop order {order}
            please cancel {order}[: {reason}]
            order {order} is a mistake, cancel it
            don't send {order}, cancel the order
            call off order number {order}
        """,
        zh="""
            取消订单{order}[，因为{reason}]
            订单{order}不要了
            撤销{order}这个订单
        """,
        ask="cancel my order", ask_zh="取消订单", tags="cancelorder",
    ),
    dict(
        names="return_item return_product refund_order request_refund send_back",
        about="Return a product and get the money back|Ask for a refund|申请退货退款",
        args="""
            order/order_id/number: id
            reason/because/why: complaint
        """,
        en="""
            return order {order}, {reason}
            I want my money back for {order}, {reason}
            refund {order} because {reason}
            send back {order}: {reason}
            order {order} should be refunded, {reason}
            I'd like to return {order} since {reason}
        """,
        zh="""
            退货{order}，因为{reason}
            订单{order}申请退款，{reason}
            {order}要退，{reason}
        """,
        ask="I want a refund|return my order|return order {order}", ask_zh="我要退货", tags="refund",
    ),
    dict(
        names="send_money transfer_money pay transfer make_payment bank_transfer pay_person",
        about="Send money to a person|Make a bank transfer|转账",
        args="""
            amount/sum/value: #number
            to/recipient/payee/person: person
            reference/note/for?: task
        """,
        en="""
            send {amount} dollars to {to}[ for {reference}]
            transfer {amount} to {to}[, reference {reference}]
            pay {to} {amount} euros[ for {reference}]
            give {to} {amount}[ with the note {reference}]
            {amount} euros to {to}[, note: {reference}]
            I owe {to} {amount}, pay it
            wire {amount} to {to}
            move {amount} to {to}'s account
            settle {amount} with {to}
        """,
        zh="""
            给{to}转账{amount}元[，备注{reference}]
            转{amount}给{to}
            付{to}{amount}块[，{reference}]
            我要转{amount}元给{to}
        """,
        ask="send money to {to}|transfer {amount}|make a payment", ask_zh="转账给{to}|转账", tags="pay",
    ),
    dict(
        names="account_balance get_balance balance bank_balance how_much_money",
        about="Balance of a bank account|How much money is on an account|查询账户余额",
        args="account/name/which?: savings(savings/储蓄) | checking~current(checking,current/活期) | credit~credit_card(credit card/信用卡)",
        en="""
            how much money do I have?
            what's my balance?
            balance of my {account} account
            what is on the {account} account?
            account balance
            show the {account} balance
            can I afford something, what's left on my account?
            how full is my {account} account?
            my bank balance
        """,
        zh="""
            我有多少钱
            查余额
            {account}账户余额
            账户里还剩多少
        """,
        gives="balance=#number", reply="The balance is {balance}.", reply_zh="余额是 {balance}。", tags="bank",
    ),
    dict(
        names="log_expense add_expense record_expense expense track_spending spend",
        about="Record an expense|Note what was spent|记录支出",
        args="""
            amount/value/cost/sum: #number
            what/description/for/item: item
            category/tag?: tag
        """,
        en="""
            I spent {amount} on {what}[, category {category}]
            log an expense of {amount} for {what}[ under {category}]
            {amount} for {what}[, {category}], write it into my expenses
            expense: {what} {amount}[ ({category})]
            paid {amount} for {what}
            {what} cost me {amount}, record it
            add {amount} dollars for {what} to my spending
            book {amount} euros for {what}[ in {category}]
        """,
        zh="""
            {what}花了{amount}元[，{category}]
            记一笔支出：{what}{amount}
            买{what}用了{amount}块，记账
        """,
        ask="log an expense|I spent {amount}", ask_zh="记一笔账", tags="expense",
    ),
    dict(
        names="spending_report expenses_report monthly_spending show_expenses how_much_spent",
        about="How much was spent on a category|Spending report|查询支出",
        args="""
            category/tag/on: tag
            period/month/when?: date
        """,
        en="""
            how much did I spend on {category}[ {period}]?
            spending on {category}[ {period}]
            show my {category} expenses[ for {period}]
            what did {category} cost me[ {period}]?
            report of {category} spending[ {period}]
            total for {category}[ {period}]
        """,
        zh="""
            [{period}]{category}花了多少钱
            {category}的支出[，{period}]
        """,
        gives="total=#number", reply="You spent {total} on {category}.", reply_zh="{category}一共花了 {total}。", tags="expense2",
    ),
    dict(
        names="set_budget budget spending_limit limit_budget",
        about="Set a budget for a category|设置预算",
        args="""
            category/name/for: tag
            amount/limit/value: #int
        """,
        en="""
            set a budget of {amount} for {category}
            I don't want to spend more than {amount} on {category}
            limit {category} to {amount}
            {category} budget {amount}
            give {category} a budget of {amount}
            my {category} budget is {amount}
        """,
        zh="""
            {category}预算设为{amount}
            给{category}设{amount}元预算
        """,
        tags="expense3",
    ),
    dict(
        names="create_invoice invoice bill_customer send_invoice new_invoice",
        about="Write an invoice to a customer|Create a bill|开发票",
        args="""
            customer/client/to/name: person
            amount/total/sum: #number
            due/date/by?: date
        """,
        en="""
            create an invoice for {customer} over {amount}[, due {due}]
            bill {customer} {amount}[ by {due}]
            invoice {customer}: {amount}[, payable until {due}]
            send {customer} a bill of {amount}
            make out an invoice of {amount} to {customer}[, due on {due}]
            charge {customer} {amount} by invoice
        """,
        zh="""
            给{customer}开{amount}元的发票[，{due}到期]
            开发票：{customer}，{amount}
        """,
        ask="create an invoice|invoice {customer}", ask_zh="开发票", tags="invoice",
    ),
    dict(
        names="calculate_tip tip tip_calculator split_tip",
        about="Calculate a tip|How much tip to give|计算小费",
        args="""
            bill/amount/total: #number
            percent/rate/tip?: #small
        """,
        en="""
            what tip should I give on {bill}[ at {percent} percent]?
            tip for a bill of {bill}[, {percent}%]
            [{percent}% ]tip on {bill}
            how much is the tip for {bill}[ with {percent} percent]?
            calculate the tip: {bill}[, {percent} percent]
            the bill is {bill}, what do I tip?
        """,
        zh="""
            {bill}元的账单给多少小费[，{percent}%]
            计算{bill}的小费
        """,
        gives="tip=#number", tags="math2",
    ),
    dict(
        names="mortgage loan_payment interest_calculator monthly_rate loan_calculator",
        about="Monthly payment of a loan|Loan calculator|计算贷款月供",
        args="""
            amount/principal/loan: #int
            rate/interest/percent: #number
            years/term/duration: #small
        """,
        en="""
            what do I pay monthly for {amount} at {rate} percent over {years} years?
            loan of {amount}, {rate}% interest, {years} years
            monthly rate for a {amount} loan with {rate}% for {years} years
            if I borrow {amount} at {rate}% for {years} years, what does it cost?
            mortgage {amount}, {rate} percent, {years} years
        """,
        zh="""
            贷款{amount}，利率{rate}%，{years}年，月供多少
            借{amount}元，{rate}%利息，{years}年
        """,
        gives="monthly=#number", tags="math2",
    ),
    dict(
        names="check_stock in_stock availability inventory stock_level",
        about="Is a product in stock|Check the inventory|查询库存",
        args="product/item/article/sku: product",
        en="""
            is the {product} in stock?
            how many {product} are left?
            do we have {product}?
            stock of {product}
            inventory of {product}
            are there any {product} in the warehouse?
            check if {product} is available
            {product} availability
        """,
        zh="""
            {product}有货吗
            {product}还剩多少
            查{product}的库存
        """,
        gives="count=#int", reply="There are {count} left.", reply_zh="还剩 {count} 个。", tags="inventory",
    ),
    dict(
        names="apply_coupon redeem_code use_voucher discount_code promo_code",
        about="Redeem a discount code|Apply a coupon|使用优惠码",
        args="code/coupon/voucher: code",
        en="""
            apply the coupon {code}
            use discount code {code}
            redeem {code}
            I have a voucher {code}
            my promo code is {code}
            enter the code {code} for the discount
        """,
        zh="""
            使用优惠码{code}
            兑换{code}
            我有优惠券{code}
        """,
        ask="apply a coupon|I have a discount code", ask_zh="用优惠码",
    ),
]
