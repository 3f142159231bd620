/** What is counted of the running process, for /metrics. */
export interface Metrics {
  text(): Promise<string>
}
