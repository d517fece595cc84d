import { Button, CodeBlock, UiTree } from '@imperal/ui-kit'
import { codeOf, type Example, type GalleryName } from '@imperal/ui-kit/gallery'
import { useId, useState } from 'react'
import { useSpecimenHost } from './use-specimen-host.ts'

/** One example: live at the top, what its app was told, and the code that makes it. */
export function Specimen({ name, example }: { readonly name: GalleryName; readonly example: Example }) {
  const { host, line } = useSpecimenHost(example.answers)
  const [opened, setOpened] = useState(0)
  const id = useId()
  const shows = !example.onDemand || opened > 0
  return (
    <article className="gl-specimen" aria-labelledby={id}>
      <h3 id={id}>{example.name}</h3>
      <div className="gl-frame">
        <section className="gl-live" aria-label={`${name}: ${example.name}`}>
          {example.onDemand ? <Button onClick={() => setOpened(opened + 1)}>Show {name}</Button> : null}
          {shows ? (
            <UiTree key={example.onDemand ? opened : 0} node={example.tree} host={host} headingOffset={1} />
          ) : null}
        </section>
        <output className="gl-heard" aria-label="What the app was told">
          {line}
        </output>
        <CodeBlock content={codeOf(example.tree, name)} language="ts" label={`Code of ${example.name}`} />
      </div>
    </article>
  )
}
