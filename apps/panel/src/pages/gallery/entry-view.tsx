import { GALLERY, type GalleryEntry, MODULE_TITLES, type OptionDoc } from '@imperal/ui-kit/gallery'
import { type ReactNode, useEffect, useRef, useState } from 'react'
import { PageLink } from '../parts/page-link.tsx'
import { Specimen } from './specimen.tsx'

/** One component: what it is, every example, and every option of its builder. */
export function EntryView({ entry, alone }: { readonly entry: GalleryEntry; readonly alone: boolean }) {
  const { name, doc, options, module } = entry
  return (
    <article className="gl-entry" aria-labelledby={`gallery-${name}`}>
      <header>
        <h2 id={`gallery-${name}`}>
          {alone ? (
            name
          ) : (
            <PageLink bare href={`/gallery/${name}`}>
              {name}
            </PageLink>
          )}
        </h2>
        <span>{MODULE_TITLES[module]}</span>
      </header>
      <p className="gl-doc">{doc}</p>
      {GALLERY[name].map((example) => (
        <Specimen key={example.name} name={name} example={example} />
      ))}
      {options.length > 0 ? <Options name={name} options={options} open={alone} /> : null}
    </article>
  )
}

function Options({
  name,
  options,
  open,
}: {
  readonly name: string
  readonly options: readonly OptionDoc[]
  readonly open: boolean
}) {
  return (
    <details className="gl-options" open={open}>
      <summary>
        {options.length === 1 ? 'One option' : `${options.length} options`} of <code>ui.{name}</code>
      </summary>
      {/* biome-ignore lint/a11y/noNoninteractiveTabindex: a region that scrolls must be reachable by keyboard */}
      <section className="im-table-box" tabIndex={0} aria-label={`Options of ${name}`}>
        <table className="im-table">
          <thead>
            <tr>
              <th scope="col">Option</th>
              <th scope="col">Type</th>
              <th scope="col">Usually</th>
              <th scope="col">Meaning</th>
            </tr>
          </thead>
          <tbody>
            {options.map((option) => (
              <tr key={option.wire}>
                <td>
                  <code>{option.name}</code>
                </td>
                <td>
                  <code>{option.type}</code>
                </td>
                <td>{option.required ? 'required' : <code>{option.usual}</code>}</td>
                <td>{option.doc}</td>
              </tr>
            ))}
          </tbody>
        </table>
      </section>
    </details>
  )
}

/** Draws its content once it has come near the window: a page of sixty live components opens at once. */
export function WhenNear({ children }: { readonly children: ReactNode }) {
  const [near, setNear] = useState(false)
  const place = useRef<HTMLDivElement>(null)
  useEffect(() => {
    const element = place.current
    if (element === null) return
    const observer = new IntersectionObserver((seen) => seen.some((one) => one.isIntersecting) && setNear(true), {
      rootMargin: '600px',
    })
    observer.observe(element)
    return () => observer.disconnect()
  }, [])
  return (
    <div ref={place} className={near ? undefined : 'gl-far'}>
      {near ? children : null}
    </div>
  )
}
