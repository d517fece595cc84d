import './pages.css'
import './css/gallery.css'
import { EmptyState, ToastRegion } from '@imperal/ui-kit'
import { type GalleryEntry, galleryEntries, MODULE_TITLES } from '@imperal/ui-kit/gallery'
import { useEffect, useRef } from 'react'
import { ThemeToggle } from '../components/bar/theme-toggle.tsx'
import { ProductMark } from '../components/product-mark.tsx'
import { useTitle } from '../components/use-title.ts'
import { toasts } from '../data/toasts.ts'
import { EntryView, WhenNear } from './gallery/entry-view.tsx'
import { useAddressQuery, usePathPart } from './parts/address.ts'
import { PageLink } from './parts/page-link.tsx'
import { SearchField } from './parts/search-field.tsx'

const ENTRIES = galleryEntries()
const FIRST = '/gallery'

/** Every component, live and with its code, for whoever writes an app. Holds nobody's data, so it needs no sign-in. */
export function GalleryPage() {
  const name = usePathPart('name')
  const [query, change] = useAddressQuery()
  const text = query.get('q') ?? ''
  const found = ENTRIES.filter(fits(text))
  const one = ENTRIES.find((entry) => entry.name === name)
  useTitle(one?.name ?? 'Components')
  const heading = useRef<HTMLHeadingElement>(null)
  // biome-ignore lint/correctness/useExhaustiveDependencies: another component is another page
  useEffect(() => heading.current?.focus({ preventScroll: true }), [name])
  return (
    <div className="gl">
      <a className="skip" href="#gallery-main">
        Skip to the components
      </a>
      <header className="gl-bar">
        <PageLink bare href="/" className="gl-brand" aria-label="To the panel">
          <ProductMark size={24} />
        </PageLink>
        <h1 ref={heading} tabIndex={-1}>
          {one ? one.name : 'Components'}
        </h1>
        <span className="gl-count">{ENTRIES.length} of them, live and with their code</span>
        <ThemeToggle />
      </header>
      <div className="gl-body">
        <nav className="gl-nav" aria-label="Components">
          <SearchField label="Find a component" value={text} onSearch={(q) => change({ q })} />
          <Names entries={found} current={name} query={text} />
        </nav>
        <main key={name} id="gallery-main" tabIndex={-1} className="gl-main">
          {one ? <EntryView entry={one} alone /> : <All entries={found} name={name} />}
        </main>
      </div>
      <ToastRegion toasts={toasts} />
    </div>
  )
}

function fits(query: string): (entry: GalleryEntry) => boolean {
  const needle = query.trim().toLowerCase()
  return ({ name, doc }) => name.toLowerCase().includes(needle) || doc.toLowerCase().includes(needle)
}

function Names({
  entries,
  current,
  query,
}: {
  readonly entries: readonly GalleryEntry[]
  readonly current: string
  readonly query: string
}) {
  const search = query === '' ? '' : `?q=${encodeURIComponent(query)}`
  return (
    <div className="gl-names">
      <PageLink
        bare
        className="pg-nav-entry"
        href={`${FIRST}${search}`}
        aria-current={current === '' ? 'page' : undefined}
      >
        Everything
      </PageLink>
      {Object.entries(MODULE_TITLES).map(([module, title]) => {
        const own = entries.filter((entry) => entry.module === module)
        return own.length === 0 ? null : (
          <div key={module} className="pg-nav-group">
            <p className="pg-nav-label">{title}</p>
            {own.map(({ name }) => (
              <PageLink
                key={name}
                bare
                className="pg-nav-entry"
                href={`${FIRST}/${name}${search}`}
                aria-current={name === current ? 'page' : undefined}
              >
                {name}
              </PageLink>
            ))}
          </div>
        )
      })}
    </div>
  )
}

function All({ entries, name }: { readonly entries: readonly GalleryEntry[]; readonly name: string }) {
  if (name !== '')
    return (
      <EmptyState icon="SearchX" message={`No component is called ${name}`}>
        The list at the side has them all.
      </EmptyState>
    )
  if (entries.length === 0) return <EmptyState icon="SearchX" message="Nothing has this name" />
  return entries.map((entry) => (
    <WhenNear key={entry.name}>
      <EntryView entry={entry} alone={false} />
    </WhenNear>
  ))
}
