import type { SentencesOf } from '../../../engine/sentence.ts'
import type { FIELDS } from '../../../engine/sentences/fields.ts'
import type { Numbers } from '../numbers.ts'

/** See engine/sentences/fields.ts. */
export const sentencesFields = (n: Numbers): SentencesOf<typeof FIELDS> => ({
  'field-missing': () => '没有填写',
  'must-be-text': () => '必须是文本',
  'must-be-number': () => '必须是数字',
  'must-be-whole': () => '必须是整数',
  'must-be-boolean': () => '必须是 true 或 false',
  'must-be-list': () => '必须是列表',
  'must-be-object': () => '必须是对象',
  'must-be-file': () => '必须是文件',
  'must-be-one-of': ({ choices }) => `必须是其中之一：${choices.join('、')}`,
  'must-be-just': ({ value }) => `必须是 ${value}`,
  'must-be-url': () => '必须是网址',
  'must-not-be-empty': () => '不能为空',
  'must-have-form': () => '格式不符合要求',
  'at-most-characters': ({ most }) => `最多 ${n.count(most)} 个字符`,
  'at-least-characters': ({ count }) => `至少 ${n.count(count)} 个字符`,
  'at-most-entries': ({ most }) => `最多 ${n.count(most)} 项`,
  'at-least-entries': ({ count }) => `至少 ${n.count(count)} 项`,
  'must-be-at-most': ({ most }) => `不能大于 ${n.count(most)}`,
  'must-be-at-least': ({ count }) => `不能小于 ${n.count(count)}`,
  'must-be-limit': () => '必须是金额加货币，如 5 USD，或 token 数，如 200k tokens',
  'must-be-month-limit': () => '必须写成 50 USD 或 200000 tokens 这样',
  'give-one-of': ({ names }) => `请只给其中之一：${names.join('、')}`,
  'is-other-name': ({ other }) => `是 ${other} 的另一个名称，只能发送其中一个`,
  'fields-unknown': ({ fields }) => fields.join('；'),
  'name-not-known': ({ name }) => `没有“${name}”这个名称`,
  'name-unknown': ({ name, names }) => `没有“${name}”这个名称。可用的名称：${names.join('、')}`,
  'name-unknown-near': ({ name, near, names }) =>
    `没有“${name}”这个名称。是否指“${near}”？可用的名称：${names.join('、')}`,
  'name-unknown-none': ({ name }) => `没有“${name}”这个名称。这个接口没有参数`,
})
