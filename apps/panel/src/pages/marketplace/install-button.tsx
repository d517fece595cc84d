import type { AppCard } from '@imperal/contract'
import { Button, ConfirmDialog } from '@imperal/ui-kit'
import { useState } from 'react'
import { t } from '../../i18n/index.ts'
import { useGo } from '../parts/address.ts'
import { useAppChange } from './queries.ts'
import { priceOf } from './words.ts'

interface Props {
  readonly app: Pick<AppCard, 'app_id' | 'display_name' | 'pricing_model' | 'is_installed'>
  /** What it costs, in figures, where they are known. */
  readonly price?: string
  /** `page` is the one primary button of the app's page; `cell` is the small one of a list. */
  readonly place: 'cell' | 'page'
}

/** Installs an app, or opens it when it is there. */
export function InstallButton({ app, place, price = priceOf(app) }: Props) {
  const [asking, setAsking] = useState(false)
  const go = useGo()
  const { install } = useAppChange(app)
  const big = place === 'page'
  const installed = app.is_installed === true
  const variant = big ? 'primary' : installed ? 'ghost' : 'secondary'
  const label = installed ? t('Open') : t('Install')
  const begin = () => (app.pricing_model === 'free' ? install.mutate() : setAsking(true))
  return (
    <>
      <Button
        variant={variant}
        size={big ? 'md' : 'sm'}
        pending={install.isPending}
        pendingLabel={t('Installing')}
        aria-label={t(installed ? 'Open {name}' : 'Install {name}', { name: app.display_name })}
        onClick={() => (installed ? go(`/ext/${app.app_id}`) : begin())}
      >
        {label}
      </Button>
      <ConfirmDialog
        request={
          asking
            ? {
                title: t('Install {name}?', { name: app.display_name }),
                message: t('It costs credits: {price}. They are taken from your wallet when it is used.', { price }),
                confirmLabel: t('Install {name}', { name: app.display_name }),
                destructive: false,
              }
            : null
        }
        onAnswer={(accepted) => {
          if (accepted) install.mutate()
          setAsking(false)
        }}
      />
    </>
  )
}
