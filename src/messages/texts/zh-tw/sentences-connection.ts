// Written by “bun run texts” from ../zh/sentences-connection.ts: change that file, or scripts/zh-tw/words.ts.
import type { SentencesOf } from '../../../engine/sentence.ts'
import type { CONNECTION } from '../../../engine/sentences/connection.ts'

const TRUST = '啟動 Rowbot 時，請用 NODE_EXTRA_CA_CERTS 指定其證書頒發機構的檔案'

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

  'no-answer-within': ({ seconds }) => `Dify 在 ${seconds} 秒內沒有回答。`,
  'connection-broke': () => '與 Dify 的連線中斷了。',
  'connection-broke-because': ({ why }) => `與 Dify 的連線中斷了（${why}）。`,
  'call-given-up': () => 'Dify 完成之前，這次呼叫已被放棄。',
})
