/*
 * How models refuse, in English and Chinese. Only what an assistant says of itself: “I'm sorry, but we cannot refund
 * you” is a letter that somebody asked for.
 */

const ASK = String.raw`(?:assist|help|comply|fulfil+|provide|create|generate|write|produce|answer|complete|process|continue|do|translate|summari[sz]e|engage|discuss|share|offer|give|support|access|open|view|see|browse|read|analy[sz]e)`
const CANNOT = String.raw`(?:can['’]?t|cannot|can not|won['’]?t|(?:am|['’]m) (?:not able|unable)(?: to)?|(?:am|['’]m) not (?:comfortable|allowed|programmed|going)(?: to)?|must decline(?: to)?)`

const ENGLISH = [
  // “I'm sorry, but I can't assist with that.”
  new RegExp(
    String.raw`^\W{0,3}(?:(?:i['’]?m|i am) (?:very |so |really )?sorry|sorry|i apologi[sz]e|my apologies|unfortunately)[,.!:;]?\s+(?:but\s+)?(?:as an ai\b[^.]{0,80}?,?\s+)?i\s*${CANNOT}\s+(?:\w+\s+){0,2}?${ASK}\b`,
    'i',
  ),
  new RegExp(
    String.raw`^\W{0,3}i\s*${CANNOT}\s+(?:\w+\s+)?(?:assist|help|comply|fulfil+)\b(?:\s+(?:you\s+)?with\s+(?:that|this|your|creating|generating|writing)|\s+to\s+(?:that|this)|[.,])`,
    'i',
  ),
  /^\W{0,3}(?:i['’]?m sorry,? (?:but )?)?as an? (?:ai|artificial intelligence|(?:large )?language model)\b[^.]{0,120}\b(?:can['’]?t|cannot|unable|not able|do(?:es)? not|don['’]?t)\b/i,
  /^\W{0,3}(?:i['’]?m sorry,? (?:but )?)?(?:i|this request|your request)\b[^.]{0,60}\b(?:violates?|against|goes against|conflicts with)\b[^.]{0,40}\b(?:content polic|guidelines|usage polic|terms of)/i,
]

const UNABLE = '(?:无法|無法|不能|没有办法|沒有辦法|没法)'
const ASK_ZH =
  '(?:[为為对對][^。，]{0,12})?(?:直接|继续|繼續|为您|為您|为你|為你|帮您|幫您|帮你|幫你)?(?:提供|协助|協助|帮助|幫助|回答|回应|回應|完成|生成|满足|滿足|处理|處理|执行|執行|撰写|撰寫|编写|編寫|创作|創作|翻译|翻譯|讨论|討論|继续|繼續|进行|進行|参与|參與|访问|訪問|存取|查看|浏览|瀏覽|读取|讀取|打开|打開|分析|总结|總結)'
const CHINESE = [
  new RegExp(
    String.raw`^\W{0,3}(?:很|非常|十分)?(?:抱歉|对不起|對不起|遗憾|遺憾|不好意思)[，,。！!、\s]*(?:但|但是|不过|不過)?[，,\s]*(?:作为|作為|身为)?[^。！\n]{0,20}?(?:我|本助手|本模型)(?:目前|暂时|暫時|现在|現在|还|還|并|並)?${UNABLE}${ASK_ZH}`,
    'u',
  ),
  new RegExp(
    String.raw`^\W{0,3}(?:作为|作為|我是|身为)(?:一个|一個|一款|一名)?\s*(?:AI|人工智能|人工智慧|大?语言模型|大?語言模型|智能助手)[^。！\n]{0,40}${UNABLE}`,
    'iu',
  ),
  /^\W{0,3}(?:您|你)的(?:请求|請求|问题|問題|输入|輸入)[^。\n]{0,20}(?:违反|違反|不符合)[^。\n]{0,20}(?:政策|规定|規定|准则|準則)/u,
]

/** A refusal stands at the beginning. */
const READ = 300

/** True if the model speaks of itself, and that it cannot or will not. */
export function isRefusal(text: string): boolean {
  const begin = text.slice(0, READ).trimStart()
  return ENGLISH.some((pattern) => pattern.test(begin)) || CHINESE.some((pattern) => pattern.test(begin))
}
