import type { Numbers } from '../numbers.ts'
import type { SentencesOf } from '../../../engine/sentence.ts'
import type { APP_CHANGES } from '../../../engine/sentences/app-changes.ts'

/** See engine/sentences/app-changes.ts. */
export const sentencesAppChanges = (n: Numbers): SentencesOf<typeof APP_CHANGES> => ({
  'app-name-differs': ({ before, now }) => `它现在名为“${now}”，原名“${before}”。`,
  'app-kind-differs': ({ before, now }) => `它现在是${now}，原来是${before}。`,
  'app-description-differs': () => '它的描述已改变。',
  'app-file-limits-differ': () => '它的服务器接受的文件大小或数量已改变。',
  'server-version-differs': ({ before, now }) => `它的服务器现在是 Dify ${now}，原来是 ${before}。`,
  'published-anew': ({ before, now }) =>
    `它已重新发布：最近运行的行使用版本 ${now}，上次同步时是 ${before}。`,

  'input-added': ({ input, type, need }) => `新增输入项“${input}”（${type}，${need}）。`,
  'input-removed': ({ input }) => `输入项“${input}”已不存在。`,
  'inputs-in-other-order': () => '它的输入项顺序已改变。',
  'input-differs': ({ input, changes }) => `输入项“${input}”：${changes.join('；')}。`,
  'differs-in-label': ({ before, now }) => `现名“${now}”，原名“${before}”`,
  'differs-in-type': ({ before, now }) => `现为${now}，原为${before}`,
  'differs-in-need': ({ before, now }) => `现为${now}，原为${before}`,
  'options-added': ({ options }) => `新增选项：${options.map((one) => `“${one}”`).join('、')}`,
  'options-gone': ({ options }) => `已删除选项：${options.map((one) => `“${one}”`).join('、')}`,
  'options-in-other-order': () => '选项顺序已改变',
  'differs-in-length': ({ before, now }) => `现接受${now}，原为${before}`,
  'length-characters': ({ count }) => `最多 ${n.count(count)} 个字符`,
  'length-files': ({ count }) => `最多 ${n.count(count)} 个文件`,
  'length-any': () => '任意长度',
  'length-any-files': () => '任意数量的文件',
  'differs-in-files': ({ before, now }) => `现接受的文件类型：${now}，原为：${before}`,
  'file-kinds': ({ kinds }) => kinds.join('、'),
  'file-kinds-any': () => '任意',
  'differs-in-default': () => '留空时使用的值已改变',
  'differs-in-description': () => '描述已改变',
  'differs-in-rules': () => '可接受内容的规则已改变',

  'need-required': () => '必填',
  'need-optional': () => '选填',
  'mode-workflow': () => '工作流',
  'mode-advanced-chat': () => '对话流',
  'mode-completion': () => '文本生成',
  'mode-chat': () => '聊天助手',
  'mode-agent-chat': () => '智能体',
  'mode-agent': () => '新型智能体',
  'type-text-input': () => '短文本',
  'type-paragraph': () => '长文本',
  'type-select': () => '下拉选项',
  'type-number': () => '数字',
  'type-checkbox': () => '是/否',
  'type-file': () => '文件',
  'type-file-list': () => '多个文件',
  'type-json_object': () => 'JSON',
  'type-external_data_tool': () => '由 Dify 填写',
})
