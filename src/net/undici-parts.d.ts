declare module 'undici/lib/core/connect.js' {
  import type { LookupFunction } from 'node:net'
  import type { buildConnector } from 'undici'

  function build(options: buildConnector.BuildOptions & { lookup?: LookupFunction }): buildConnector.connector
  export = build
}
