import type { AppCard } from '@imperal/contract'
import { Badge, IconGlyph } from '@imperal/ui-kit'
import { t } from '../../i18n/index.ts'
import { AppIcon } from '../parts/app-icon.tsx'
import { counted, shortCount } from '../parts/figures.ts'
import { PageLink } from '../parts/page-link.tsx'
import { InstallButton } from './install-button.tsx'
import { priceOf } from './words.ts'

/** Apps as cells of one hairline grid. */
export function AppGrid({
  cards,
  label,
  heading = 'h2',
}: {
  readonly cards: readonly AppCard[]
  readonly label: string
  /** Level of the names of the apps. */
  readonly heading?: 'h2' | 'h3'
}) {
  return (
    <ul className="pg-grid" aria-label={label}>
      {cards.map((card) => (
        <AppCell key={card.app_id} card={card} heading={heading} />
      ))}
    </ul>
  )
}

function AppCell({ card, heading: Heading }: { readonly card: AppCard; readonly heading: 'h2' | 'h3' }) {
  return (
    <li className="pg-cell">
      <div className="pg-cell-head">
        <AppIcon appId={card.app_id} name={card.display_name} url={card.icon_url} />
        <div className="pg-cell-name">
          <Heading>
            <PageLink bare href={`/marketplace/${card.app_id}`}>
              {card.display_name}
            </PageLink>
            {card.system ? <Badge size="sm">{t('built in')}</Badge> : null}
          </Heading>
          <p>{card.author}</p>
        </div>
        <InstallButton app={card} place="cell" />
      </div>
      <p className="pg-cell-text" title={card.short_description}>
        <bdi>{card.short_description}</bdi>
      </p>
      <p className="pg-cell-meta">
        {card.review_count > 0 ? (
          <span title={counted(card.review_count, 'review')}>
            <IconGlyph name="Star" size={12} className="pg-star" /> {card.rating.toFixed(1)}
          </span>
        ) : null}
        <span title={counted(card.install_count, 'install')}>
          <IconGlyph name="Download" size={12} /> {shortCount(card.install_count)}
          <span className="im-hidden"> {t('installs')}</span>
        </span>
        <strong>{priceOf(card)}</strong>
      </p>
    </li>
  )
}
