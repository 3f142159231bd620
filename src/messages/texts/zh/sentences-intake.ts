import type { SentencesOf } from '../../../engine/sentence.ts'
import type { INTAKE } from '../../../engine/sentences/intake.ts'
import type { Numbers } from '../numbers.ts'

const PACK_AGAIN = () => '请重新打包后再发送。'

/** See engine/sentences/intake.ts. */
export const sentencesIntake = (n: Numbers): SentencesOf<typeof INTAKE> => ({
  'no-file-in-it': () => '里面没有文件。',
  'do-send-workbook-or-files': () => '请发送表格，或发送每个作为一行的文件。',
  'too-many-files': ({ count, most }) => `共 ${n.count(count)} 个文件，超过了 ${n.count(most)} 个的上限。`,
  'files-too-large': ({ megabytes }) => `这些文件合计超过 ${n.count(megabytes)} MB。`,
  'do-raise-files-mb': () => '请减少每次发送的文件，或调大 ROWBOT_MAX_FILES_MB。',
  'sheet-too-large': ({ name, megabytes }) => `“${name}”超过 ${n.count(megabytes)} MB。`,
  'do-split-or-raise': () => '请拆分它，或调大 ROWBOT_MAX_FILE_MB。',
  'files-not-received': ({ count, of, names }) =>
    `${n.count(of)} 个文件中有 ${n.count(count)} 个无法获取：${names.join('、')}。`,
  'do-send-all-again': () => '没有接收任何文件，请全部重新发送。',
  'workbook-among-files': ({ name }) => `“${name}”是表格，这里只添加其他文件。`,
  'do-send-workbook-elsewhere': () => '请在更换文件的位置发送它；这里请发送单元格中提到的文件。',
  'zip-damaged': ({ zip }) => `“${zip}”已损坏或不完整。`,
  'do-pack-again': PACK_AGAIN,
  'zip-empty': ({ zip }) => `“${zip}”里没有文件。`,
  'do-pack-files-again': PACK_AGAIN,
  'zip-too-many': ({ zip, most }) => `“${zip}”里的文件超过 ${n.count(most)} 个的上限。`,
  'zip-bomb': ({ zip, name }) => `“${zip}”中的“${name}”解压后超过压缩大小的 200 倍。`,
  'do-send-unpacked': () => '正常的文件不会这样，因此没有接收任何文件。如确实需要，请直接发送解压后的文件。',
  'zip-password': ({ zip, name }) => `“${zip}”中的“${name}”有密码保护。`,
  'do-pack-without-password': () => '请不设密码重新打包后再发送。',
  'zip-path': ({ zip, name }) => `“${zip}”中“${name}”的路径指向压缩包之外。`,
  'do-pack-names-inside': () => '请重新打包，只使用压缩包内的路径。',
  'zip-link': ({ zip, name }) => `“${zip}”中的“${name}”是链接，不是文件。`,
  'do-pack-its-file': () => '请打包它所指向的文件。',
  'zip-twice': ({ zip, name }) => `“${zip}”中有两个“${name}”。`,
  'do-pack-own-names': () => '请为每个文件使用不同的名称，重新打包。',
  'zip-method': ({ zip, name }) => `“${zip}”中的“${name}”采用了 Rowbot 无法解压的压缩方式。`,
  'do-pack-ordinary': () => '请打包成普通 ZIP（deflate）后再发送。',
  'zip-entry-damaged': ({ zip, name }) => `“${zip}”中的“${name}”已损坏。`,
})
