import { IconButton } from '@imperal/ui-kit'

interface PagerProps {
  /** Counted from 1. */
  readonly page: number
  readonly pages: number
  readonly onPage: (page: number) => void
}

/** Leads through the pages of a list; nothing where there is one page. */
export function Pager({ page, pages, onPage }: PagerProps) {
  if (pages <= 1) return null
  return (
    <nav className="pg-pager" aria-label="Pagination">
      <span role="status">
        Page {page} of {pages}
      </span>
      <IconButton icon="ChevronLeft" label="Previous" disabled={page <= 1} onClick={() => onPage(page - 1)} />
      <IconButton icon="ChevronRight" label="Next" disabled={page >= pages} onClick={() => onPage(page + 1)} />
    </nav>
  )
}
