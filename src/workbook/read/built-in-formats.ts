import { getFormatFromId } from 'numfmt'

/** The languages of Excel in which the formats that have no text in a file differ. */
export type OfficeLanguage = 'en-US' | 'zh-CN' | 'zh-TW' | 'ja' | 'ko'

/** Character sets of Windows, as a workbook’s default font has one where it is East Asian. */
const LANGUAGES: Record<string, OfficeLanguage> = { 128: 'ja', 129: 'ko', 134: 'zh-CN', 136: 'zh-TW' }

/** A workbook does not say in which language it was made, but the character set of its default font does. */
export function languageOf(charset: string | undefined): OfficeLanguage {
  return LANGUAGES[charset ?? ''] ?? 'en-US'
}

/**
 * The dates that Excel shows in the order of each computer’s settings, 4/3/2026 here and 03/04/2026 there. The file does
 * not say in which, so that only the form that nobody can misread is right for all.
 */
export const SYSTEM_DATE = 'yyyy-mm-dd'
export const SYSTEM_DATE_AND_TIME = 'yyyy-mm-dd hh:mm'

/** The format of a number that has no text in the file, as Excel shows it (ECMA-376 part 1, 18.8.30). */
export function builtInFormat(id: number, language: OfficeLanguage = 'en-US'): string {
  if (language === 'en-US' && id === 14) return SYSTEM_DATE
  if (language === 'en-US' && id === 22) return SYSTEM_DATE_AND_TIME
  return eastAsianFormat(id, language) ?? (id < 50 ? getFormatFromId(id, language) : 'General')
}

/** 27–36 and 50–58 are dates and times in East Asian Excel and WPS, and unused elsewhere: then Chinese is likeliest. */
function eastAsianFormat(id: number, language: OfficeLanguage): string | undefined {
  const formats = EAST_ASIAN[language === 'en-US' ? 'zh-CN' : language]
  return Object.entries(formats).find(([, ids]) => ids.includes(id))?.[0]
}

const EAST_ASIAN: Record<Exclude<OfficeLanguage, 'en-US'>, Record<string, number[]>> = {
  'zh-CN': {
    'yyyy"年"m"月"': [27, 36, 50, 52, 57],
    'm"月"d"日"': [28, 29, 51, 53, 54, 58],
    'm-d-yy': [30],
    'yyyy"年"m"月"d"日"': [31],
    'h"时"mm"分"': [32],
    'h"时"mm"分"ss"秒"': [33],
    '上午/下午h"时"mm"分"': [34, 55],
    '上午/下午h"时"mm"分"ss"秒"': [35, 56],
  },
  'zh-TW': {
    '[$-404]e/m/d': [27, 36, 50, 57],
    '[$-404]e"年"m"月"d"日"': [28, 29, 51, 54, 58],
    'm/d/yy': [30],
    'yyyy"年"m"月"d"日"': [31],
    'hh"時"mm"分"': [32],
    'hh"時"mm"分"ss"秒"': [33],
    '上午/下午hh"時"mm"分"': [34, 52, 55],
    '上午/下午hh"時"mm"分"ss"秒"': [35, 53, 56],
  },
  ja: {
    '[$-411]ge.m.d': [27, 36, 50, 57],
    '[$-411]ggge"年"m"月"d"日"': [28, 29, 51, 54, 58],
    'm/d/yy': [30],
    'yyyy"年"m"月"d"日"': [31],
    'h"時"mm"分"': [32],
    'h"時"mm"分"ss"秒"': [33],
    'yyyy"年"m"月"': [34, 52, 55],
    'm"月"d"日"': [35, 53, 56],
  },
  ko: {
    'yyyy"年" mm"月" dd"日"': [27, 36, 50, 57],
    'mm-dd': [28, 29, 51, 54, 58],
    'mm-dd-yy': [30],
    'yyyy"년" mm"월" dd"일"': [31],
    'h"시" mm"분"': [32],
    'h"시" mm"분" ss"초"': [33],
    'yyyy-mm-dd': [34, 35, 52, 53, 55, 56],
  },
}
