import { IconButton } from '@imperal/ui-kit'
import { t } from '../../i18n/index.ts'

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
    <nav className="pg-pager" aria-label={t('Pagination')}>
      <span role="status">{t('Page {page} of {pages}', { page, pages })}</span>
      <IconButton icon="ChevronLeft" label={t('Previous')} disabled={page <= 1} onClick={() => onPage(page - 1)} />
      <IconButton icon="ChevronRight" label={t('Next')} disabled={page >= pages} onClick={() => onPage(page + 1)} />
    </nav>
  )
}
