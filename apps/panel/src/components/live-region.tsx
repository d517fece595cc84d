import { announcement } from '../data/announce.ts'
import { useStore } from '../data/store.ts'

/** Says politely what happened, for people who do not see it. */
export function LiveRegion() {
  const { text, number } = useStore(announcement)
  return (
    <div className="im-hidden" role="status" aria-live="polite">
      <span key={number}>{text}</span>
    </div>
  )
}
