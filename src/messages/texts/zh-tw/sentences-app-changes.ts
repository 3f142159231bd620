// Written by “bun run texts” from ../zh/sentences-app-changes.ts: change that file, or scripts/zh-tw/words.ts.
import type { Numbers } from '../numbers.ts'
import type { SentencesOf } from '../../../engine/sentence.ts'
import type { APP_CHANGES } from '../../../engine/sentences/app-changes.ts'

/** See engine/sentences/app-changes.ts. */
export const sentencesAppChanges = (n: Numbers): SentencesOf<typeof APP_CHANGES> => ({
  'app-name-differs': ({ before, now }) => `它現在名為「${now}」，原名「${before}」。`,
  'app-kind-differs': ({ before, now }) => `它現在是${now}，原來是${before}。`,
  'app-description-differs': () => '它的描述已改變。',
  'app-file-limits-differ': () => '它的伺服器接受的檔案大小或數量已改變。',
  'server-version-differs': ({ before, now }) => `它的伺服器現在是 Dify ${now}，原來是 ${before}。`,
  'published-anew': ({ before, now }) =>
    `它已重新發布：最近執行的列使用版本 ${now}，上次同步時是 ${before}。`,

  'input-added': ({ input, type, need }) => `新增輸入項「${input}」（${type}，${need}）。`,
  'input-removed': ({ input }) => `輸入項「${input}」已不存在。`,
  'inputs-in-other-order': () => '它的輸入項順序已改變。',
  'input-differs': ({ input, changes }) => `輸入項「${input}」：${changes.join('；')}。`,
  'differs-in-label': ({ before, now }) => `現名「${now}」，原名「${before}」`,
  'differs-in-type': ({ before, now }) => `現為${now}，原為${before}`,
  'differs-in-need': ({ before, now }) => `現為${now}，原為${before}`,
  'options-added': ({ options }) => `新增選項：${options.map((one) => `「${one}」`).join('、')}`,
  'options-gone': ({ options }) => `已刪除選項：${options.map((one) => `「${one}」`).join('、')}`,
  'options-in-other-order': () => '選項順序已改變',
  'differs-in-length': ({ before, now }) => `現接受${now}，原為${before}`,
  'length-characters': ({ count }) => `最多 ${n.count(count)} 個字元`,
  'length-files': ({ count }) => `最多 ${n.count(count)} 個檔案`,
  'length-any': () => '任意長度',
  'length-any-files': () => '任意數量的檔案',
  'differs-in-files': ({ before, now }) => `現接受的檔案類型：${now}，原為：${before}`,
  'file-kinds': ({ kinds }) => kinds.join('、'),
  'file-kinds-any': () => '任意',
  'differs-in-default': () => '留空時使用的值已改變',
  'differs-in-description': () => '描述已改變',
  'differs-in-rules': () => '可接受內容的規則已改變',

  'need-required': () => '必填',
  'need-optional': () => '選填',
  'mode-workflow': () => '工作流程',
  'mode-advanced-chat': () => '聊天流',
  'mode-completion': () => '文字生成',
  'mode-chat': () => '聊天助手',
  'mode-agent-chat': () => 'Agent',
  'mode-agent': () => '新型Agent',
  'type-text-input': () => '短文字',
  'type-paragraph': () => '長文字',
  'type-select': () => '下拉選項',
  'type-number': () => '數字',
  'type-checkbox': () => '是/否',
  'type-file': () => '檔案',
  'type-file-list': () => '多個檔案',
  'type-json_object': () => 'JSON',
  'type-external_data_tool': () => '由 Dify 填寫',
})
