import type { Numbers } from '../numbers.ts'

/** The parts of a fault’s message. Each code has those that its message uses: see workbook/fault.ts. */
export interface FaultParams {
  label: string
  /** the cell’s text; empty if there are many */
  value: string
  columns: string[]
  /** of files */
  paths: string[]
  names: string[]
  /** of inputs */
  labels: string[]
  /** what a file should be by its name */
  extension: string
  options: string[]
  allowed: string[]
  guess?: string
  length: number
  max: number
  upTo?: boolean
  curlyQuotes?: boolean
  where: string
  problem: string
  heading: string
  sheets: string[]
  sheet: string
  row: number
  count: number
  next: number
  headings: number
  encoding: string
  /** of a share link: whose it is */
  service: string
  /** what a document behind a share link is exported as, the type a file is sent as, or what it is by its bytes */
  as?: string
  /** what is sent instead of what the cell shows */
  sent: string
}

export type FaultSentence = { message: string; hint?: string }
export type Say = (params: FaultParams) => FaultSentence

/** By the workbook’s codes; wizard/faults.ts, which can see both, checks that none is missing. */
export type FaultSentences = ReturnType<typeof faults>

export const faults = (n: Numbers) =>
  ({
    'no-rows': () => say('表头下面没有数据行。', '请至少填写一行，或选择其他工作表。'),
    'missing-column': ({ label, guess }) =>
      say(
        `缺少“${label}”列，这一项必填。`,
        guess
          ? `是“${guess}”这一列吗？请修改表头，或选择对应的列。`
          : '请添加这一列，选择对应的列，或填写一个所有行共用的值。',
      ),
    'ambiguous-column': ({ label, columns }) =>
      say(`${columns.join('、')} 列的表头都像“${label}”。`, '请修改其他列的表头，或选择其中一列。'),
    'near-column': ({ label, heading }) =>
      say(`没有名为“${label}”的列，是“${heading}”这一列吗？`, '请选择对应的列，或将该输入留空。'),
    'nothing-fed': () => say('这张工作表没有任何列对应输入。', '请选择对应的列、其他工作表或其他表头行。'),
    'missing-value': ({ label }) =>
      say(`“${label}”必填，而文件本身不提供这一项。`, '请为所有行填写同一个值。'),
    'no-file-input': () => say('该工作流没有接受文件的输入。', '请选择其他工作流，或将表格与文件一起发送。'),
    'which-file-input': ({ labels }) =>
      say(`这些文件可以用于多个输入：${list(labels)}。`, '请为其中一个选择“文件”列。'),
    'two-sheets': ({ sheets, sheet }) =>
      say(
        `${list(sheets.map((name) => `“${name}”`))}都符合该工作流，当前显示的是“${sheet}”。`,
        '请选择要运行的工作表。',
      ),
    'rows-above': ({ row, count }) =>
      say(
        `第 ${n.count(row)} 行是表头，但它上方还有 ${n.count(count)} 行数据，这些行不会运行。`,
        '请选择表头所在行。',
      ),
    'two-heading-rows': ({ row, next }) =>
      say(
        `第 ${n.count(row)} 行像是第 ${n.count(next)} 行表头上方的分组标题。`,
        `请选择第 ${n.count(next)} 行作为表头，或两行合用。`,
      ),
    required: ({ label }) => say(`${label} 为空，这一项必填。`),
    'refused-default': ({ label }) =>
      say(`${label} 为空，而应用的默认值不在可选值之内。`, '请填写其中一个可选值。'),
    'required-picture': ({ label }) =>
      say(`单元格里是图片；${label} 必填。`, '请改填文字；如果是文件，请填写文件地址。'),
    'too-long': ({ label, length, max, upTo }) =>
      say(`${upTo ? '最长 ' : ''}${n.count(length)} 个字符；${label} 最多 ${n.count(max)} 个。`),
    'not-an-option': ({ value, options, guess }) =>
      say(`${quote(value)}不是可选值：${list(options)}。`, didYouMean(guess)),
    'not-a-number': ({ label, value, guess }) =>
      say(`${quote(value)}不是数字；${label} 需要数字。`, didYouMean(guess)),
    'not-yes-or-no': ({ label, value }) =>
      say(`${quote(value)}既不是“是”也不是“否”。`, `${label} 可填 yes 或 no、true 或 false、1 或 0。`),
    'not-json': ({ value, curlyQuotes }) =>
      say(
        `${quote(value)}不是 JSON。`,
        curlyQuotes
          ? 'JSON 要用英文直引号 (")，不能用弯引号（“ ”）。'
          : '请写成对象，例如 {"colour": "red"}。',
      ),
    'not-a-json-object': ({ value }) =>
      say(`${quote(value)}不是 JSON 对象。`, '请写成对象，例如 {"colour": "red"}。'),
    'json-schema': ({ label, where, problem }) =>
      say(`${label}${where ? ` 的 ${where}` : ''} 不符合要求：${problem}。`),
    'not-an-address': ({ value }) => say(`${quote(value)}不是文件地址。`, '请填写以 https:// 开头的地址。'),
    'not-https': ({ value }) => say(`${quote(value)}不以 https:// 开头。`, '请填写以 https:// 开头的地址。'),
    'share-folder': ({ value, service }) =>
      say(`${quote(value)}是 ${service} 文件夹的链接。`, '请填写文件本身的链接。'),
    'share-page': ({ value, service }) =>
      say(`${quote(value)}打开的是 ${service} 的页面，不是文件。`, '请填写可直接下载该文件的地址。'),
    'share-link': ({ service, as }) =>
      say(
        `${service} 的分享链接会改为下载链接发送${as ? `（导出为 ${as}）` : ''}。`,
        '文件需设为“知道链接的任何人可查看”。',
      ),
    'guessed-file-type': ({ as = '' }) =>
      say(
        `从地址看不出文件类型，将按“${TYPES[as] ?? as}”发送。`,
        'Dify 会拒绝类型不符的文件；以 .pdf、.png 等结尾的地址可以看出类型。',
      ),
    'file-type': ({ label, value, allowed }) =>
      say(`${label} 不接受${quote(value)}这种文件，可用类型：${list(allowed)}。`),
    'no-such-file': ({ value, count, guess }) =>
      say(
        `随表格发送的 ${n.count(count)} 个文件中没有${quoteFile(value)}。`,
        didYouMean(guess) ?? '请一并发送该文件，或修改名称。',
      ),
    'no-files': ({ value }) =>
      say(
        `${quoteFile(value)}是文件名，但没有随表格一起发送文件。`,
        '请将文件与表格一起发送，或填写以 https:// 开头的地址。',
      ),
    'file-twice': ({ value, paths }) =>
      say(
        `有多个文件名为${quoteFile(value)}：${list(paths)}。`,
        '请写明所在文件夹，或修改其中一个文件的名称。',
      ),
    'only-links': ({ label, value }) =>
      say(
        `${label} 只接受链接，而${quoteFile(value)}是文件名。`,
        '请填写以 https:// 开头的地址，或在工作流中允许本地上传。',
      ),
    'empty-file': ({ value }) => say(`${quoteFile(value)}是空文件（0 字节）。`, '请重新发送。'),
    'large-file': ({ value, as = '', max }) =>
      say(
        `${quoteFile(value)}超过 ${n.count(max)} MB，这是服务器对${TYPES[as] ?? as}的上限。`,
        '请发送较小的文件，或提高 Dify 服务器的上限。',
      ),
    'misnamed-file': ({ value, as = '', extension }) =>
      say(
        `${quoteFile(value)}的内容${as === '' ? '' : as === 'html' ? '是网页 (HTML)，' : `是 ${as.toUpperCase()}，`}不是文件名所示的 ${extension.toUpperCase()}。`,
        as === 'html' ? '可能是登录页面：请重新下载该文件。' : '请发送正确的文件，或改用正确的扩展名。',
      ),
    'renamed-picture': ({ value, as = '' }) =>
      say(`${quoteFile(value)}的内容是 ${as.toUpperCase()}，将以该扩展名发送。`),
    'unused-files': ({ count, names }) =>
      say(
        `随表格发送的 ${n.count(count)} 个文件没有任何行使用：${names.join('、')}${names.length < count ? ' 等' : ''}。`,
      ),
    'files-alike': ({ names }) => say(`有内容不同但名称相同的文件：${list(names)}。`),
    'too-many-files': ({ label, length, max, upTo }) =>
      say(`${upTo ? '最多的有 ' : ''}${n.count(length)} 个文件；${label} 最多 ${n.count(max)} 个。`),
    'error-cell': ({ value }) =>
      say(value === '' ? '单元格显示错误值。' : `单元格显示错误 ${value}。`, '请修正公式，或直接填写值。'),
    uncalculated: () => say('单元格里的公式没有计算结果。', '请用 Excel 打开并保存文件，再重新发送。'),
    'only-column': ({ label, heading }) => say(`只有“${heading}”这一列，因此用于“${label}”。`),
    'only-constants': () =>
      say('没有任何列对应输入，因此每一行提问都相同。', '如非本意，请选择对应的列或其他工作表。'),
    'decimal-comma': ({ value, guess }) =>
      say(
        `${quote(value)}有两种读法：文件中其他数字以逗号作小数点。`,
        guess === undefined ? undefined : `是 ${guess} 吗？请去掉千位分隔符，并用点作小数点。`,
      ),
    'too-many-cells': ({ headings }) =>
      say(
        `该行的单元格比表头（${n.count(headings)} 个）多。`,
        '如果文字中含有分隔符，请给它加上引号，或选择其他分隔符。',
      ),
    'long-number': () =>
      say('数字超过 15 位，Excel 无法完整保存。', '如果是编号，请把该列设为文本格式后重新输入。'),
    'hidden-by-format': ({ sent }) =>
      say(`单元格因格式设置看似为空，但其中的值仍会发送，如“${sent}”。`, '如果不需要发送，请清空该单元格。'),
    'shown-as-hashes': ({ sent }) =>
      say(`Excel 只显示 ####，会发送原值，如“${sent}”。`, '请修正日期或单元格格式。'),
    'shown-without-year': ({ sent }) => say(`单元格显示的日期没有年份，会发送完整日期，如“${sent}”。`),
    'shown-with-exponent': ({ sent }) => say(`Excel 以科学计数法显示该数字，会发送全部数字，如“${sent}”。`),
    'hidden-rows': () => say('隐藏的行也包括在内。', '如需略过，请选择仅可见行。'),
    'merged-cells': () => say('有跨行合并的单元格，其中只有第一行有值。', '请取消合并，并逐行填写。'),
    'web-page': () =>
      say(
        '文件其实是名为 .xls 的网页：已读取其中的表格，所有单元格都当作文本。',
        '如果与预期不符，请用 Excel 打开并另存为 .xlsx。',
      ),
    'covered-value': () => say('合并单元格下面藏有一个值，不会发送。', '如需发送，请取消合并。'),
    'picture-in-cell': () => say('单元格里是图片，按空单元格处理。'),
    'picture-over-cell': () => say('有图片浮在这些行上，不会发送。'),
    'totals-row': () => say('这是表格的汇总行，已略过。'),
    'unlike-row': () =>
      say('这一行看起来像合计、标题、备注或另一张表，仍会运行。', '如需略过，请指定要运行的行。'),
    'below-table': () => say('表格下方的行已略过。', '如果是数据，请指定表格的最后一行。'),
    'hidden-rows-left-out': () => say('隐藏的行已略过。'),
    'rows-left-out': () => say('未选中的行已略过。'),
    macros: () => say('文件包含宏。宏不会运行，结果文件中也不会保留。'),
    'guessed-encoding': ({ encoding }) =>
      say(
        `文件按 ${encoding} 编码读取，这只是推测。`,
        '如果预览中有乱码，请另存为“CSV UTF-8”，或选择其他编码。',
      ),
  }) satisfies Record<string, Say>

const TYPES: Record<string, string> = {
  image: '图片',
  document: '文档',
  audio: '音频',
  video: '视频',
  custom: '其他类型',
}

function say(message: string, hint?: string): FaultSentence {
  return hint === undefined ? { message } : { message, hint }
}

function didYouMean(guess: string | undefined): string | undefined {
  return guess === undefined ? undefined : `是不是“${guess}”？`
}

const QUOTED_CHARS = 40
const LISTED = 12

function quote(value: string): string {
  if (value === '') return '该值'
  const chars = [...value.replaceAll(/\s+/g, ' ')]
  return `“${chars.length > QUOTED_CHARS ? `${chars.slice(0, QUOTED_CHARS - 1).join('')}…` : chars.join('')}”`
}

function quoteFile(value: string): string {
  return value === '' ? '该文件' : quote(value)
}

function list(words: string[]): string {
  return words.length > LISTED
    ? `${words.slice(0, LISTED).join('、')} 等 ${words.length} 项`
    : words.join('、')
}
