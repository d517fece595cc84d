import { safeCssLength, type UiProps } from '@imperal/contract/ui'
import { type RefObject, useEffect, useRef, useState } from 'react'
import { IconGlyph } from '../icons/icon-glyph.tsx'
import type { ViewProps } from '../tree/view.ts'
import { say } from '../words.ts'

const isStream = (src: string): boolean => /\.m3u8(?:$|[?#])/i.test(src)

/** Lets a browser that cannot read HLS play it through a player that is loaded then; tells when that fails. */
function useStream(video: RefObject<HTMLVideoElement | null>, src: string, onFailed: () => void): boolean {
  const foreign = isStream(src)
  useEffect(() => {
    const element = video.current
    if (!foreign || element === null) return
    if (element.canPlayType('application/vnd.apple.mpegurl') !== '') {
      element.src = src
      return
    }
    let player: { destroy(): void } | null = null
    let left = false
    void import('../parts/hls.ts').then(
      ({ playStream }) => {
        if (!left) player = playStream(element, src, onFailed)
      },
      () => onFailed(),
    )
    return () => {
      left = true
      player?.destroy()
    }
  }, [foreign, src, video, onFailed])
  return foreign
}

function Unplayable({ icon, words }: { readonly icon: string; readonly words: string }) {
  return (
    <div role="status" className="im-image-missing">
      <IconGlyph name={icon} size={20} />
      {words}
    </div>
  )
}

export function VideoView({ props }: ViewProps<'Video'>) {
  const [failed, setFailed] = useState('')
  if (props.src === '') return <Unplayable icon="Video" words={say('No video source')} />
  if (failed === props.src) return <Unplayable icon="Video" words={say('Video unavailable')} />
  return <Player key={props.src} props={props} onFailed={() => setFailed(props.src)} />
}

function Player({ props, onFailed }: { readonly props: UiProps<'Video'>; readonly onFailed: () => void }) {
  const video = useRef<HTMLVideoElement>(null)
  const report = useRef(onFailed)
  report.current = onFailed
  const streamed = useStream(video, props.src, report.current)
  const style = { width: safeCssLength(props.width) ?? undefined, height: safeCssLength(props.height) ?? undefined }
  return (
    // No captions: the component has none to give; an author's own player could carry them.
    <video
      ref={video}
      className="im-video"
      style={style}
      src={streamed ? undefined : props.src}
      controls={props.controls}
      poster={props.poster || undefined}
      autoPlay={props.autoplay}
      // Nothing on the page makes a sound by itself.
      muted={props.muted || props.autoplay}
      loop={props.loop}
      playsInline
      preload="metadata"
      aria-label={props.title || say('Video')}
      onError={onFailed}
    />
  )
}

export function AudioView({ props }: ViewProps<'Audio'>) {
  const [failed, setFailed] = useState('')
  if (props.src === '') return <Unplayable icon="Music" words={say('No audio source')} />
  if (failed === props.src) return <Unplayable icon="Music" words={say('Audio unavailable')} />
  return (
    <figure className="im-figure">
      {/* biome-ignore lint/a11y/useMediaCaption: the component has no captions to give */}
      <audio
        className="im-audio"
        src={props.src}
        controls={props.controls}
        autoPlay={props.autoplay}
        loop={props.loop}
        preload="metadata"
        aria-label={props.title || say('Audio')}
        onError={() => setFailed(props.src)}
      />
      {props.title ? <figcaption>{props.title}</figcaption> : null}
    </figure>
  )
}
