/** The Latin letters beyond ASCII of each language, with those of its usual loan words. */
const ALPHABETS = [
  'áéíóúñü', // Spanish
  'àâæçèéêëîïôœùûüÿ', // French
  'äöüßé', // German
  'áàâãçéêíóôõúü', // Portuguese
  'àèéìíîòóù', // Italian
  'àçèéíïòóúü', // Catalan
  'åäöé', // Swedish, Finnish
  'æøåéèêóòôü', // Danish, Norwegian
  'áéëíóúèêïöü', // Dutch
  'áðéíóúýþæö', // Icelandic
  'áéíóú', // Irish
  'ąćęłńóśźż', // Polish
  'áčďéěíňóřšťúůýž', // Czech
  'áäčďéíĺľňóôŕšťúýž', // Slovak
  'áéíóöőúüű', // Hungarian
  'čćđšž', // Croatian, Slovene, Bosnian, Serbian
  'ăâîşţșț', // Romanian
  'çë', // Albanian
  'çğıöşüâîûi̇', // Turkish
  'ąčęėįšųūž', // Lithuanian
  'āčēģīķļņōŗšūž', // Latvian
  'äöõüšž', // Estonian
  'àáảãạăằắẳẵặâầấẩẫậđèéẻẽẹêềếểễệìíỉĩịòóỏõọôồốổỗộơờớởỡợùúủũụưừứửữựỳýỷỹỵ', // Vietnamese
].map((letters) => new Set(letters))

const LATIN_BEYOND_ASCII = /(?=\P{ASCII})\p{Script=Latin}/gu

/**
 * The share of a text’s Latin letters beyond ASCII that one language has: a text read in a wrong encoding has letters
 * that no language has together, as Slovak `ĺ` and Czech `ř` where Danish has `å` and `ø`.
 * @returns 1 for a text without such letters
 */
export function shareOfOneLanguage(text: string): number {
  const letters = text.toLowerCase().match(LATIN_BEYOND_ASCII) ?? []
  if (letters.length === 0) return 1
  const shares = ALPHABETS.map((alphabet) => letters.filter((letter) => alphabet.has(letter)).length)
  return Math.max(...shares) / letters.length
}
