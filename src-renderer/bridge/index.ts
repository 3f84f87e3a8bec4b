/** What views know of the world outside the page. */
export { Bridge, type Ask, type EngineClient } from './bridge.ts';
export { thisDesktop, type Desktop } from './desktop.ts';
export { EngineError } from './engine-error.ts';
export { gather, type Part } from './gather.ts';
export { useAct, type ActState } from './use-act.ts';
export { installBridge, useBridge } from './use-bridge.ts';
export { useCall, type CallState } from './use-call.ts';
export { useFeed, type FeedState } from './use-feed.ts';
