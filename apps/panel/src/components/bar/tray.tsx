import { IconGlyph, Popover } from '@imperal/ui-kit'
import { Fragment } from 'react'
import { useApps } from '../../data/apps.ts'
import { useStore } from '../../data/store.ts'
import { counterOf, dropdownOf, readTray, type TrayItem, trayItems } from '../../data/tray.ts'
import { t } from '../../i18n/index.ts'
import { UiTree } from '../lazy-parts.tsx'
import { useUiHost } from '../panes/use-ui-host.ts'
import { useMedia } from '../use-media.ts'

const MOST_VISIBLE = 6
const MOST_ON_PHONE = 1

/** Icons of apps in the bar, by zone with a line between; those without room wait behind one button. */
export function Tray() {
  const items = useStore(trayItems)
  const most = useMedia('(max-width: 767px)') ? MOST_ON_PHONE : MOST_VISIBLE
  const hidden = items.slice(most)
  return (
    <>
      {items.slice(0, most).map((item, at) => (
        <Fragment key={`${item.appId}/${item.trayId}`}>
          {at > 0 && items[at - 1]?.zone !== item.zone ? <span aria-hidden className="tray-rule" /> : null}
          <TrayButton item={item} />
        </Fragment>
      ))}
      {hidden.length > 0 ? (
        <Popover
          className="popover"
          label={t('More')}
          trigger={
            <button type="button" className="bar-button" aria-label={t('More from apps')}>
              <IconGlyph name="Ellipsis" size={16} />
            </button>
          }
        >
          <div className="tray-more">
            {hidden.map((item) => (
              <TrayButton key={`${item.appId}/${item.trayId}`} item={item} />
            ))}
          </div>
        </Popover>
      ) : null}
    </>
  )
}

function TrayButton({ item }: { readonly item: TrayItem }) {
  const counter = counterOf(item.tree)
  const dropdown = dropdownOf(item.tree)
  const name = counter ? `${item.tooltip}, ${counter.text}` : item.tooltip
  const face = (
    <>
      <IconGlyph name={item.icon} size={16} placeholder />
      {counter ? (
        <span aria-hidden className="tray-count" data-tone={counter.tone}>
          {counter.text}
        </span>
      ) : null}
    </>
  )
  if (dropdown === null) {
    return (
      <span className="bar-button" role="img" aria-label={name} title={name} data-dim={item.dim}>
        {face}
      </span>
    )
  }
  return (
    <Popover
      className="popover"
      label={item.tooltip}
      onOpenChange={(open) => open && void readTray(item.appId)}
      trigger={
        <button type="button" className="bar-button" aria-label={name} title={name} data-dim={item.dim}>
          {face}
        </button>
      }
    >
      <TrayContent item={item} tree={dropdown} />
    </Popover>
  )
}

function TrayContent({ item, tree }: { readonly item: TrayItem; readonly tree: unknown }) {
  const app = useApps().find((one) => one.appId === item.appId)
  return app ? <TrayTree app={app} tree={tree} /> : null
}

function TrayTree({ app, tree }: { readonly app: Parameters<typeof useUiHost>[0]; readonly tree: unknown }) {
  const host = useUiHost(app)
  return <UiTree node={tree} host={host} />
}
