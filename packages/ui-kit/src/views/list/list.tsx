import type { UiProps } from '@imperal/contract/ui'
import { use, useEffect, useRef, useState } from 'react'
import { LevelContext } from '../../host/context.ts'
import { IconGlyph } from '../../icons/icon-glyph.tsx'
import { Button, IconButton } from '../../parts/button.tsx'
import { Spinner } from '../../parts/spinner.tsx'
import type { ViewProps } from '../../tree/view.ts'
import { say } from '../../words.ts'
import { BulkBar } from './bulk-bar.tsx'
import { LIST_ROLE } from './entry.tsx'
import { pageOf, searchRows } from './list-model.ts'
import { Row } from './row.tsx'
import { Rows } from './rows.tsx'
import { scrollParent } from './scroll-parent.ts'
import { type Continuation, useContinuation } from './use-continuation.ts'
import { useSelection } from './use-selection.ts'

/** Quiet time after a key before the list is searched, in milliseconds. */
const SEARCH_DELAY = 80

export function ListView({ node, props }: ViewProps<'List'>) {
  const level = use(LevelContext)
  const tail = useContinuation(node, props)
  const search = useSearch()
  const [page, setPage] = useState(1)
  const found = searchRows(tail.rows, props.searchable ? search.query : '')
  const pages = props.page_size > 0 && !tail.endless ? pageOf(found, props.page_size, page) : null
  const shown = pages?.rows ?? found
  const selection = useSelection(node, tail.rows, found)
  const filtering = props.searchable && search.query.trim() !== ''
  const clearOnEscape = (event: React.KeyboardEvent) => {
    if (event.key === 'Escape' && selection.active && !event.defaultPrevented) selection.clear()
  }
  const setQuery = (text: string) => {
    search.set(text)
    setPage(1)
  }
  const style =
    props.max_height > 0 ? { maxHeight: props.max_height, overflowY: 'auto' as const, ...TOP_OF_ITS_OWN } : undefined
  return (
    // biome-ignore lint/a11y/noStaticElementInteractions: Escape anywhere in the list clears the selection
    <div className="im-list" data-level={level} style={style} onKeyDown={clearOnEscape}>
      {props.title ? <p className="im-list-title">{props.title}</p> : null}
      {props.searchable || selection.active ? (
        <div className="im-list-tools">
          {props.searchable ? (
            <SearchBox text={search.text} placeholder={props.search_placeholder || say('Search…')} onText={setQuery} />
          ) : null}
          {props.selectable && selection.active ? (
            <BulkBar node={node} props={props} selection={selection} shown={found} />
          ) : null}
        </div>
      ) : null}
      <p className="im-hidden" role="status">
        {filtering ? say('{count} found', { count: found.length }) : ''}
      </p>
      {shown.length === 0 ? (
        <Nothing
          query={filtering ? search.query : ''}
          text={props.empty_text || say('No items')}
          onClear={() => setQuery('')}
        />
      ) : (
        <Rows rows={shown} props={props} selection={selection} />
      )}
      <EndOfList tail={tail} filtering={filtering} />
      <Footer props={props} tail={tail} pages={pages} count={tail.rows.length} onPage={setPage} />
    </div>
  )
}

function useSearch() {
  const [text, setText] = useState('')
  const [query, setQuery] = useState('')
  useEffect(() => {
    const timer = setTimeout(() => setQuery(text), text === '' ? 0 : SEARCH_DELAY)
    return () => clearTimeout(timer)
  }, [text])
  return { text, query, set: setText }
}

function SearchBox({
  text,
  placeholder,
  onText,
}: {
  readonly text: string
  readonly placeholder: string
  readonly onText: (text: string) => void
}) {
  return (
    <div className="im-search">
      <IconGlyph name="Search" size={14} />
      <input
        type="search"
        name="search"
        aria-label={placeholder}
        placeholder={placeholder}
        value={text}
        onChange={(event) => onText(event.target.value)}
        onKeyDown={(event) => {
          if (event.key !== 'Escape' || text === '') return
          event.preventDefault()
          onText('')
        }}
      />
      {text === '' ? null : <IconButton icon="X" label={say('Clear search')} onClick={() => onText('')} />}
    </div>
  )
}

function Nothing({
  query,
  text,
  onClear,
}: {
  readonly query: string
  readonly text: string
  readonly onClear: () => void
}) {
  if (query === '') return <p className="im-list-empty">{text}</p>
  return (
    <p className="im-list-empty">
      {say('No results for “{query}”', { query })}{' '}
      <Button size="sm" variant="ghost" onClick={onClear}>
        {say('Clear')}
      </Button>
    </p>
  )
}

/** A list that scrolls by itself has nothing above it that stays. */
const TOP_OF_ITS_OWN = { '--im-sticky-under': '0px' } as React.CSSProperties // a custom property

/** The end of the rows: the place whose sight loads more (ui 4.2). */
function EndOfList({ tail, filtering }: { readonly tail: Continuation; readonly filtering: boolean }) {
  const mark = useRef<HTMLDivElement>(null)
  const load = useRef(tail.load)
  load.current = tail.load
  const watching = tail.more && !filtering && tail.state === 'idle'
  const count = tail.rows.length
  // biome-ignore lint/correctness/useExhaustiveDependencies: more rows move the mark, and a mark that stays in sight must fire again
  useEffect(() => {
    const element = mark.current
    if (!watching || element === null || typeof IntersectionObserver === 'undefined') return
    const observer = new IntersectionObserver(
      (entries) => entries.some((entry) => entry.isIntersecting) && load.current(),
      {
        root: scrollParent(element),
        rootMargin: '200px',
      },
    )
    observer.observe(element)
    return () => observer.disconnect()
  }, [watching, count])
  if (!tail.endless) return null
  if (tail.state === 'failed') {
    return (
      <p role="alert" className="im-list-end">
        {say('Could not load more')}
        <Button size="sm" variant="ghost" onClick={tail.load}>
          {say('Retry')}
        </Button>
      </p>
    )
  }
  if (!tail.more) return <p className="im-hidden">{say('End of list')}</p>
  return (
    <div ref={mark} className="im-list-end" data-sentinel>
      {tail.state === 'pending' ? (
        <span role="status">
          <Spinner size={14} />
          <span className="im-hidden">{say('Loading more')}</span>
        </span>
      ) : null}
      {filtering && tail.state === 'idle' ? (
        <Button size="sm" variant="ghost" onClick={tail.load}>
          {say('Load more')}
        </Button>
      ) : null}
    </div>
  )
}

interface FooterProps {
  readonly props: UiProps<'List'>
  readonly tail: Continuation
  readonly pages: { readonly page: number; readonly pages: number } | null
  readonly count: number
  readonly onPage: (page: number) => void
}

function Footer({ props, tail, pages, count, onPage }: FooterProps) {
  const several = pages !== null && pages.pages > 1
  const told = tail.total > 0 || tail.info !== ''
  if (!several && !told) return null
  const total = tail.total || (props.page_size > 0 ? count : 0)
  return (
    <div className="im-list-foot">
      <span>{[total > 0 ? `${total}` : '', tail.info].filter(Boolean).join(' · ')}</span>
      {several ? (
        <nav aria-label={say('Pagination')}>
          <IconButton
            icon="ChevronLeft"
            label={say('Previous')}
            disabled={pages.page === 1}
            onClick={() => onPage(pages.page - 1)}
          />
          <span className="im-tabular" aria-hidden>
            {pages.page} / {pages.pages}
          </span>
          <span className="im-hidden" role="status">
            {say('Page {page} of {pages}', { page: pages.page, pages: pages.pages })}
          </span>
          <IconButton
            icon="ChevronRight"
            label={say('Next')}
            disabled={pages.page === pages.pages}
            onClick={() => onPage(pages.page + 1)}
          />
        </nav>
      ) : null}
    </div>
  )
}

/** A row that stands alone is a list of one. */
export function ListItemView({ node, props }: ViewProps<'ListItem'>) {
  return (
    <ul {...LIST_ROLE} className="im-list im-rows" data-level="inner">
      <Row node={node} props={props} />
    </ul>
  )
}
