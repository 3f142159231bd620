/** The `Link` header (RFC 8288) of a page of a list: the pages around it, with everything else that was asked for. */
export function pageLinks(
  request: Request,
  { page, page_size, total }: { page: number; page_size: number; total: number },
): string {
  const last = Math.max(1, Math.ceil(total / page_size))
  const { pathname, searchParams } = new URL(request.url)
  const to = (number: number, rel: string) => {
    const query = new URLSearchParams(searchParams)
    query.set('page', String(number))
    return `<${pathname}?${query.toString()}>; rel="${rel}"`
  }
  return [
    to(1, 'first'),
    ...(page > 1 ? [to(Math.min(page - 1, last), 'prev')] : []),
    ...(page < last ? [to(page + 1, 'next')] : []),
    to(last, 'last'),
  ].join(', ')
}
