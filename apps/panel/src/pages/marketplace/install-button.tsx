import { Button } from '@imperal/ui-kit'
import { t } from '../../i18n/index.ts'
import { useGo } from '../parts/address.ts'
import { useAppChange } from './queries.ts'

interface Props {
  readonly app: { readonly app_id: string; readonly display_name: string; readonly is_installed?: boolean | undefined }
  /** `page` is the one primary button of the app's page; `cell` is the small one of a list. */
  readonly place: 'cell' | 'page'
}

/** Installs an app, or opens it when it is there. */
export function InstallButton({ app, place }: Props) {
  const go = useGo()
  const { install } = useAppChange(app)
  const big = place === 'page'
  const installed = app.is_installed === true
  const variant = big ? 'primary' : installed ? 'ghost' : 'secondary'
  const label = installed ? t('Open') : t('Install')
  return (
    <Button
      variant={variant}
      size={big ? 'md' : 'sm'}
      pending={install.isPending}
      pendingLabel={t('Installing')}
      aria-label={t(installed ? 'Open {name}' : 'Install {name}', { name: app.display_name })}
      onClick={() => (installed ? go(`/ext/${app.app_id}`) : install.mutate())}
    >
      {label}
    </Button>
  )
}
