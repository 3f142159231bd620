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
  'not-a-server-address': () => '這不是伺服器網址。',
  'do-check-console-address': () =>
    '請填寫您自己的 Dify 伺服器的網址，即「訪問 API」中顯示的網址，例如 https://dify.example.com/v1。',
  'not-an-admin-key': () => '這不是管理員 API 金鑰。',
  'do-find-admin-key': () => '它是 Dify 伺服器 .env 檔案中的 ADMIN_API_KEY。',
  'not-a-workspace-id': () => '這不是工作空間的 ID。',
  'do-find-workspace-id': () =>
    '它是 UUID，例如 88845d8b-8a20-4b59-87b6-85140e1f50c1。Dify 資料庫的 tenants 表中有它和工作空間的名稱。',
  'no-dify-console': () => '這個網址沒有 Dify 的控制台。',
  'admin-key-refused': () => 'Dify 不允許這個管理員 API 金鑰訪問這個工作空間',
  'do-check-admin-key': () =>
    '請核對金鑰和工作空間，並確認 Dify 的 api 容器中確實有 ADMIN_API_KEY_ENABLE=true 和 ADMIN_API_KEY：docker-compose.yaml 未必會從 .env 傳入。',
  'console-asks-csrf': () => '這個版本的 Dify 不接受任何管理員 API 金鑰。',
  'do-update-to-1-11': () => 'Dify 1.9.2 至 1.10.1 有這個缺陷，請升級到 1.11 或更高版本。',
  'app-not-in-workspace': ({ app }) => `這個工作空間中沒有 Rowbot 可以執行的應用程式 ${app}。`,
  'do-list-apps-again': () => '請重新列出應用程式：它可能已被刪除。',
  'app-without-keys': () => 'Dify 不再為它建立金鑰，而它也沒有金鑰。',
  'input-of-unknown-type': ({ input, type }) => `應用程式需要輸入「${input}」，其類型為「${type}」，Rowbot 不支援。`,
  'do-change-input': () => '請在 Dify 中把它設為可選或換成其他類型，釋出應用程式後重試。',

  'form-without-token': () => 'Dify 沒有提供回答它的途徑。',
  'form-under-other-key': () => '開啟這個問題的憑據是用另一個金鑰加密的。請在 Dify 中回答。',
})
