import Hls from 'hls.js'

/**
 * Plays an HLS stream in a browser that cannot read it by itself. Its parts are fetched, so the page's policy lets
 * only streams of the platform itself through here.
 */
export function playStream(element: HTMLVideoElement, src: string, onFailed: () => void): { destroy(): void } {
  if (!Hls.isSupported()) {
    onFailed()
    return { destroy: () => undefined }
  }
  // A worker would be made from a blob, which the page's policy forbids.
  // Subtitles as XML would be read as markup, which goes through the sanitiser there; those as WebVTT are read.
  const player = new Hls({ enableWorker: false, enableIMSC1: false })
  player.on(Hls.Events.ERROR, (_event, data) => {
    if (data.fatal) onFailed()
  })
  player.loadSource(src)
  player.attachMedia(element)
  return player
}
