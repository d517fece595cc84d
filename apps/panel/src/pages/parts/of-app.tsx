import { EmptyState } from '@imperal/ui-kit'
import type { ComponentProps, ReactNode } from 'react'
import { PageFrame } from '../../components/page-frame.tsx'
import { t } from '../../i18n/index.ts'
import { Loaded } from './loaded.tsx'
import { PageLink } from './page-link.tsx'

interface OfAppProps<T> {
  readonly appId: string
  /** As people know the app. */
  readonly name: string
  readonly title: string
  readonly lead: string
  readonly query: ComponentProps<typeof Loaded<T>>['query']
  readonly children: (data: T) => ReactNode
}

/** A page of the host about one app: with the way back, and the way to the marketplace for who has no such app. */
export function OfApp<T>({ appId, name, title, lead, query, children }: OfAppProps<T>) {
  return (
    <PageFrame
      title={title}
      lead={lead}
      actions={
        <PageLink href={`/ext/${appId}`} className="pg-nowrap">
          {t('Back to')} {name}
        </PageLink>
      }
      width="form"
    >
      <Loaded
        query={query}
        failed={(status) =>
          status === 404 || status === 422 ? (
            <EmptyState icon="PackageX" message={t('You have no such app')}>
              <PageLink href={`/marketplace/${appId}`}>{t('Look for it in the marketplace')}</PageLink>
            </EmptyState>
          ) : null
        }
      >
        {children}
      </Loaded>
    </PageFrame>
  )
}
