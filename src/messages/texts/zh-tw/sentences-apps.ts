// Written by “bun run texts” from ../zh/sentences-apps.ts: change that file, or scripts/zh-tw/words.ts.
import type { SentencesOf } from '../../../engine/sentence.ts'
import type { APPS } from '../../../engine/sentences/apps.ts'

/** See engine/sentences/apps.ts. */
export const sentencesApps = (): SentencesOf<typeof APPS> => ({
  'not-an-address': ({ address }) => `「${address}」不是伺服器網址。`,
  'do-check-api-address': () => '請核對 Dify 伺服器的網址：它顯示在 Dify 的「訪問 API」中，通常以 /v1 結尾。',
  'not-a-key': () => '這不是 API 金鑰。',
  'do-copy-key': () => '請從應用程式的「訪問 API」頁面複製金鑰，金鑰以 app- 開頭。',
  'do-try-in-a-while': () => '請稍後重試。',
  'dify-refuses-the-call': () => 'Dify 拒絕了這次呼叫。',
  'server-is-not-dify': ({ host }) => `${host} 有回應，但不是 Dify 的 API。`,
  'server-too-slow': ({ host }) => `${host} 沒有及時回應。`,
  'server-unreachable': ({ host }) => `無法訪問 ${host}。`,
  'server-unreachable-because': ({ host, why }) => `無法訪問 ${host}。${why}`,
  'not-an-app-page': () => '這不是 Dify 應用程式的網址。',
  'do-copy-app-page': () => '請在 Dify 中開啟該應用程式，複製該頁面的網址。',
  'app-without-kind': ({ app }) => `Dify 沒有說明「${app}」是哪種應用程式。`,
  'do-update-dify': () => '這臺伺服器的版本太舊，請升級 Dify。',
  'app-is-a-pipeline': ({ app }) => `「${app}」是知識流水線，Rowbot 無法逐列執行。`,
  'app-of-other-kind': ({ app, kind }) => `「${app}」是「${kind}」類型的應用程式，Rowbot 無法逐列執行。`,
  'do-use-another-app': () => '請使用工作流程、聊天流、聊天助手、Agent 或文字生成應用程式的 API 金鑰。',
  'input-of-unknown-type': ({ input, type }) => `應用程式需要輸入「${input}」，其類型為「${type}」，Rowbot 不支援。`,
  'do-change-input': () => '請在 Dify 中把它設為可選或換成其他類型，釋出應用程式後重試。',

  'form-without-token': () => 'Dify 沒有提供回答它的途徑。',
  'form-under-other-key': () => '開啟這個問題的憑據是用另一個金鑰加密的。請在 Dify 中回答。',
})
