// Written by “bun run texts” from ../zh/sentences-connection.ts: change that file, or scripts/zh-tw/words.ts.
import type { SentencesOf } from '../../../engine/sentence.ts'
import type { CONNECTION } from '../../../engine/sentences/connection.ts'

const TRUST = '請將 ROWBOT_CA_FILE 設為其證書頒發機構的檔案'

/** See engine/sentences/connection.ts. */
export const sentencesConnection = (): SentencesOf<typeof CONNECTION> => ({
  'not-sent': ({ says, code }) => `${says}（${code}）。`,
  'net-refused': () => 'Dify 伺服器不接受連線',
  'net-unknown-name': () => '找不到 Dify 伺服器的域名',
  'net-name-later': () => '暫時無法解析 Dify 伺服器的域名',
  'net-no-way': () => '無法連通 Dify 伺服器',
  'net-no-network': () => '沒有通往 Dify 伺服器的網路',
  'net-no-answer': () => 'Dify 伺服器沒有回應連線請求',
  'tls-expired': () => 'Dify 伺服器的證書已過期',
  'tls-self-signed': () => `Dify 伺服器的證書是自簽名的。${TRUST}`,
  'tls-own-authority': () => `Dify 伺服器的證書由自建的頒發機構簽發。${TRUST}`,
  'tls-unverified': () => `無法驗證 Dify 伺服器的證書。${TRUST}`,
  'tls-other-name': () => '證書與 Dify 伺服器的域名不符',
  'tls-broken': () => 'Dify 伺服器的 TLS 連線不正常',

  'proxy-wants-password': ({ proxy }) =>
    `代理伺服器（${proxy}）要求使用者名稱和密碼。請寫入該設定：http://user:password@proxy:3128`,
  'proxy-refuses-password': ({ proxy }) => `代理伺服器（${proxy}）不接受所給的使用者名稱和密碼`,
  'proxy-forbids': ({ proxy, host }) =>
    `代理伺服器（${proxy}）不允許本機訪問 ${host}。請放列，或將該主機寫入 NO_PROXY`,
  'proxy-cannot-reach': ({ proxy, host }) => `代理伺服器（${proxy}）無法連通 ${host}`,
  'proxy-dead': ({ proxy }) => `代理伺服器（${proxy}）沒有回應。網址是否正確？是否在執行？`,
  'tls-untrusted': ({ host }) => `${host} 的證書由本機不認識的頒發機構簽發。${TRUST}`,
  'tls-expired-at': ({ host }) => `${host} 的證書已過期`,
  'tls-not-for': ({ host }) => `${host} 出示的證書屬於另一個域名`,
  'tls-wants-certificate': ({ host }) =>
    `${host} 要求客戶端證書，或不接受我們的證書。請看 ROWBOT_TLS_CERT 和 ROWBOT_TLS_HOSTS`,

  'no-answer-within': ({ seconds }) => `Dify 在 ${seconds} 秒內沒有回答。`,
  'connection-broke': () => '與 Dify 的連線中斷了。',
  'connection-broke-because': ({ why }) => `與 Dify 的連線中斷了（${why}）。`,
  'call-given-up': () => 'Dify 完成之前，這次呼叫已被放棄。',
})
