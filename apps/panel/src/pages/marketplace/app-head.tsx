import type { AppDetail } from '@imperal/contract'
import type { ReactNode } from 'react'
import { t } from '../../i18n/index.ts'
import { AppIcon } from '../parts/app-icon.tsx'
import { count, counted } from '../parts/figures.ts'
import { Moment } from '../parts/moment.tsx'
import { categoryWord } from '../parts/server-words.ts'
import { exactPriceOf } from './words.ts'

/** Icon, one sentence, and the facts in a row. */
export function AppHead({ app }: { readonly app: AppDetail }) {
  return (
    <>
      <div className="pg-app-head">
        <AppIcon appId={app.app_id} name={app.display_name} url={app.icon_url} size={56} />
        <p>
          <bdi>{app.short_description}</bdi>{' '}
          <span className="pg-note">
            {t('By')} {app.author}
          </span>
        </p>
      </div>
      <dl className="pg-strip">
        <Fact name={t('Installs')}>{count(app.install_count)}</Fact>
        {app.review_count > 0 ? (
          <Fact name={t('Rating')}>
            {app.rating.toFixed(1)} <small>· {counted(app.review_count, 'review')}</small>
          </Fact>
        ) : null}
        <Fact name={t('Price')}>{exactPriceOf(app)}</Fact>
        <Fact name={t('Version')}>
          {app.version}{' '}
          <small>
            <Moment value={app.updated_at} />
          </small>
        </Fact>
        <Fact name={t('Category')}>{categoryWord(app.category)}</Fact>
        {app.license === '' ? null : <Fact name={t('Licence')}>{app.license}</Fact>}
      </dl>
    </>
  )
}

function Fact({ name, children }: { readonly name: string; readonly children: ReactNode }) {
  return (
    <div>
      <dt>{name}</dt>
      <dd>{children}</dd>
    </div>
  )
}
