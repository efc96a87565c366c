/**
 * A dialogue of any length in English or Chinese, with facts planted in it and questions that ask for them. From
 * templates and a seed: the same every time. It knows no daemon.
 */
import { seeded } from "./harness.ts";

/** What the dialogue is in. */
export type Language = "en" | "zh";

/** Something that is told once and asked for much later. */
export interface Fact {
  readonly told: string;
  /** As it is asked for; seldom in the words it was told in. */
  readonly asked: string;
  /** What an answer has to name. */
  readonly value: string;
}

/** Twenty facts, in the order in which they are told. */
export function factsOf(language: Language): readonly Fact[] {
  return FACTS[language].map(([told, asked, value]) => ({ told, asked, value }));
}

/**
 * Messages of a dialogue of so many characters. The facts are spread over its first four fifths.
 *
 * @param charsEach characters of one message, about
 */
export function dialogue(
  language: Language,
  { chars, charsEach }: { readonly chars: number; readonly charsEach: number },
  facts: readonly Fact[],
): readonly string[] {
  const talk = smallTalk(language);
  const every = (chars * 0.8) / facts.length;
  const messages: string[] = [];
  for (let written = 0, planted = 0; written < chars;) {
    const parts: string[] = [];
    const isDue = written >= (planted + 0.5) * every;
    while (lengthOf(parts) < charsEach) parts.push(talk());
    const due = isDue ? facts[planted++] : undefined;
    if (due !== undefined) parts.splice(Math.floor(parts.length / 2), 0, due.told);
    const message = parts.join(language === "en" ? " " : "");
    messages.push(message);
    written += message.length;
  }
  return messages;
}

function lengthOf(parts: readonly string[]): number {
  return parts.reduce((sum, part) => sum + part.length, 0);
}

/** Sentences that fill the time. No two are likely to be the same. */
function smallTalk(language: Language): () => string {
  const random = seeded(language === "en" ? 1 : 2);
  const pick = (from: readonly string[]): string => from[Math.floor(random() * from.length)] ?? "";
  const [who, did, what, how] = TALK[language];
  return () => {
    const minutes = 5 + Math.floor(random() * 90);
    const sentence = [pick(who), pick(did), pick(what), pick(how)];
    return sentence.join(language === "en" ? " " : "").replace("#", String(minutes));
  };
}

type Words = readonly [readonly string[], readonly string[], readonly string[], readonly string[]];

const TALK: Readonly<Record<Language, Words>> = {
  en: [
    ["This morning", "Yesterday", "After lunch", "On the way home", "Before work", "Last night"],
    [
      "I walked past",
      "we looked at",
      "somebody talked about",
      "I thought about",
      "I took a photo of",
    ],
    [
      "the market stalls",
      "the old bridge",
      "the new tram stop",
      "a street band",
      "the autumn leaves",
      "the museum steps",
      "a shop with lamps",
      "the river ferry",
    ],
    [
      "and stayed for # minutes.",
      "although it rained for # minutes.",
      "and it made me smile.",
      "while the clouds went by.",
      "and then went on after # minutes.",
      "which was nicer than last week.",
    ],
  ],
  zh: [
    ["今天早上", "昨天下午", "吃过午饭", "回去的路上", "上班以前", "昨晚"],
    ["我路过了", "我们看了看", "有人谈起", "我想起了", "我拍了一张"],
    [
      "集市的摊位",
      "那座老桥",
      "新的电车站",
      "街头的乐队",
      "秋天的树叶",
      "博物馆的台阶",
      "灯具店",
      "江上的渡轮",
    ],
    [
      "，待了#分钟。",
      "，虽然下了#分钟的雨。",
      "，觉得很开心。",
      "，天上的云慢慢飘。",
      "，过了#分钟才走。",
      "，比上星期有意思。",
    ],
  ],
};

type Line = readonly [told: string, asked: string, value: string];

const FACTS: Readonly<Record<Language, readonly Line[]>> = {
  en: [
    ["The code of my bicycle lock is 4417.", "What was the code of my bicycle lock?", "4417"],
    ["My sister Olga lives in Ghent.", "In which city does my sister live?", "Ghent"],
    ["The dentist can see me on 12 May at 9:40.", "When can the dentist see me?", "12 May"],
    ["Our new kitten is called Biscuit.", "What did I say our kitten is called?", "Biscuit"],
    ["I am allergic to hazelnuts.", "Which nuts am I allergic to?", "hazelnuts"],
    ["The spare key lies under the flower pot.", "Where did I leave the spare key?", "flower pot"],
    [
      "We will paint the kitchen sage green.",
      "Which colour did we choose for the kitchen?",
      "sage green",
    ],
    ["My passport runs out in October 2031.", "When does my passport expire?", "October 2031"],
    [
      "The cabin's wifi password is otter-lamp-29.",
      "What is the wifi password of the cabin?",
      "otter-lamp-29",
    ],
    ["Our train leaves from platform 14.", "From which platform does the train leave?", "14"],
    ["The roofer's invoice came to 2380 euros.", "How much was the invoice of the roofer?", "2380"],
    ["My shoe size is 43 and a half.", "What is my shoe size?", "43"],
    ["The neighbour's dog answers to Pixel.", "What is the dog of the neighbour called?", "Pixel"],
    ["I parked the van on level 3 of the garage.", "On which level is the van parked?", "level 3"],
    [
      "My grandmother was born in 1938 in Trieste.",
      "In which year was my grandmother born?",
      "1938",
    ],
    ["The choir rehearses on Tuesdays now.", "On which day does the choir rehearse?", "Tuesdays"],
    [
      "The plumber's number is 0471552390.",
      "What is the phone number of the plumber?",
      "0471552390",
    ],
    [
      "I take two thyroid pills before breakfast.",
      "How many thyroid pills do I take?",
      "two thyroid pills",
    ],
    ["The boat is insured with Nordmar.", "Who insures our boat?", "Nordmar"],
    [
      "The book club reads Middlemarch next.",
      "Which novel is next in the book club?",
      "Middlemarch",
    ],
  ],
  zh: [
    ["我自行车锁的密码是4417。", "我的自行车锁密码是多少？", "4417"],
    ["我姐姐小兰住在苏州。", "我姐姐住在哪个城市？", "苏州"],
    ["牙医约我五月十二号去看牙。", "牙医约我哪天去？", "五月十二号"],
    ["我们新养的小猫叫饼干。", "新养的小猫叫什么名字？", "饼干"],
    ["我对榛子过敏。", "我对哪种坚果过敏？", "榛子"],
    ["备用钥匙藏在蓝色花盆下面。", "备用钥匙放在哪里了？", "花盆"],
    ["我们决定把厨房刷成鼠尾草绿。", "厨房选了什么颜色？", "鼠尾草绿"],
    ["我的护照2031年10月到期。", "我的护照什么时候过期？", "2031年10月"],
    ["小木屋的无线网密码是otter29。", "小木屋的无线网怎么连，密码呢？", "otter29"],
    ["我们的火车从14号站台出发。", "火车在几号站台？", "14号站台"],
    ["修屋顶的账单是2380元。", "修屋顶花了多少钱？", "2380"],
    ["我穿43码半的鞋。", "我穿多大的鞋？", "43码"],
    ["邻居家的狗叫皮克。", "邻居家那只狗叫什么？", "皮克"],
    ["面包车停在车库三层。", "面包车停在几层？", "三层"],
    ["我奶奶1938年出生在绍兴。", "我奶奶是哪一年出生的？", "1938"],
    ["合唱团改到周二晚上排练。", "合唱团星期几排练？", "周二"],
    ["水管工的电话是0471552390。", "水管工的电话号码是多少？", "0471552390"],
    ["我早饭前要吃两片甲状腺药。", "早饭前吃几片甲状腺药？", "两片"],
    ["我们的船在北海公司投了保险。", "船的保险是哪家公司的？", "北海"],
    ["读书会下次读米德尔马契。", "读书会接下来读哪本书？", "米德尔马契"],
  ],
};
