import { Button, Dialog } from '@imperal/ui-kit'
import { t } from '../../i18n/index.ts'
import { FailedAlert } from '../parts/failed-alert.tsx'
import { failureOf } from '../parts/failure.ts'
import { useAppChange } from './queries.ts'

/** Says what leaving an app means before it happens. */
export function UninstallDialog({
  app,
  open,
  onOpenChange,
}: {
  readonly app: { readonly app_id: string; readonly display_name: string }
  readonly open: boolean
  readonly onOpenChange: (open: boolean) => void
}) {
  const { uninstall } = useAppChange(app)
  const leave = () => uninstall.mutate(undefined, { onSuccess: () => onOpenChange(false) })
  return (
    <Dialog
      open={open}
      onOpenChange={(next) => {
        if (!next) uninstall.reset()
        onOpenChange(next)
      }}
      title={t('Uninstall {name}?', { name: app.display_name })}
      size="sm"
      destructive
      footer={
        <>
          <Button disabled={uninstall.isPending} onClick={() => onOpenChange(false)}>
            {t('Cancel')}
          </Button>
          <Button variant="danger" pending={uninstall.isPending} pendingLabel={t('Uninstalling')} onClick={leave}>
            {t('Uninstall')} {app.display_name}
          </Button>
        </>
      }
    >
      <ul className="pg-list">
        <li>{t('Its panels leave the rail, and the assistant can no longer run its functions.')}</li>
        <li>{t('Its schedules stop.')}</li>
        <li>{t('What you keep in it stays for 30 days: install it again within that time and it is back.')}</li>
      </ul>
      <FailedAlert failure={uninstall.isError ? failureOf(uninstall.error) : null} />
    </Dialog>
  )
}
