import { useApps } from '../../data/apps.ts'
import type { ChatLine } from '../../data/chat/state.ts'
import { AppCard } from './app-card.tsx'
import { TraceLines } from './trace.tsx'

/** What became of a click in a panel, as a line of the conversation. */
export function ChatLineView({ line }: { readonly line: ChatLine }) {
  const app = useApps().find((one) => one.appId === line.appId)
  const trace = {
    key: line.id,
    appId: line.appId,
    function: line.function,
    params: line.params,
    status: line.status,
    summary: line.summary,
    durationMs: line.durationMs,
  }
  return (
    <div className="turn turn-assistant">
      <TraceLines lines={[trace]} />
      {app && line.ui !== null ? <AppCard app={app} tree={line.ui} live /> : null}
    </div>
  )
}
