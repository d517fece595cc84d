import { type ComponentType, type ReactNode, useEffect } from 'react'
import { PageFrame } from '../../components/page-frame.tsx'
import { useGo, usePathPart } from './address.ts'
import { type NavGroup, SideNav } from './side-nav.tsx'

/** One section of a page that has several. */
export interface PageSection {
  readonly title: string
  readonly icon: string
  readonly lead?: string
  readonly content: ComponentType
  readonly actions?: ReactNode
}

/** A page of sections at `<base>/<id of the section>`; the first one is where it opens. */
export interface SectionedPage {
  readonly label: string
  readonly base: string
  readonly sections: Readonly<Record<string, PageSection>>
}

export const navOf = ({ base, sections }: SectionedPage): NavGroup[] => [
  { entries: Object.entries(sections).map(([id, { title, icon }]) => ({ href: `${base}/${id}`, label: title, icon })) },
]

/**
 * The section that the address names, with the others beside it. An unknown one leads to the first.
 * `around` decides what stands in the place of the content, and whether the section is introduced.
 */
export function SectionPage({
  page,
  around,
}: {
  readonly page: SectionedPage
  readonly around?: { readonly hasLead: boolean; readonly wrap: (Content: ComponentType) => ReactNode }
}) {
  const id = usePathPart('section')
  const go = useGo()
  const { label, base, sections } = page
  const section = sections[id]
  useEffect(() => {
    if (!section) go(`${base}/${Object.keys(sections)[0]}`, { replace: true })
  }, [section, go, base, sections])
  if (!section) return null
  const { title, lead, content: Content, actions } = section
  return (
    <PageFrame
      key={id}
      title={title}
      lead={around?.hasLead === false ? undefined : lead}
      actions={actions}
      nav={<SideNav label={label} groups={navOf(page)} current={`${base}/${id}`} />}
    >
      {around ? around.wrap(Content) : <Content />}
    </PageFrame>
  )
}
