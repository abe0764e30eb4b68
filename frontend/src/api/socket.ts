export type Liveness = "connecting" | "live" | "offline";

export interface SocketHandlers {
  onMessage: (message: Record<string, unknown>) => void;
  onLiveness: (liveness: Liveness) => void;
}

/** Without any message for this long the line counts as dead; the server answers when it is asked. */
const SILENCE_MS = 4500;
const FIRST_RETRY_MS = 500;
const LONGEST_RETRY_MS = 5000;
const ASK_MS = 2000;

/** A websocket that says honestly whether it is live, and connects again by itself from where it stopped. */
export class LiveSocket {
  private socket: WebSocket | null = null;
  private retry: ReturnType<typeof setTimeout> | undefined;
  private watch: ReturnType<typeof setInterval> | undefined;
  private retryMs = FIRST_RETRY_MS;
  private lastHeard = 0;
  private isClosed = false;
  private readonly onOffline = () => this.lose();
  private readonly onOnline = () => this.connect();

  constructor(
    /** Asked at every connect, so that it can carry the newest cursor. */
    private readonly address: () => string,
    private readonly handlers: SocketHandlers,
  ) {
    window.addEventListener("offline", this.onOffline);
    window.addEventListener("online", this.onOnline);
    this.connect();
  }

  close(): void {
    this.isClosed = true;
    window.removeEventListener("offline", this.onOffline);
    window.removeEventListener("online", this.onOnline);
    this.drop();
  }

  private connect(): void {
    if (this.isClosed) return;
    this.drop();
    this.handlers.onLiveness("connecting");
    const socket = new WebSocket(absolute(this.address()));
    this.socket = socket;
    this.lastHeard = Date.now();
    socket.onmessage = (event) => this.hear(socket, String(event.data));
    socket.onopen = () => {
      this.lastHeard = Date.now();
      this.handlers.onLiveness("live");
    };
    socket.onclose = (event) => {
      if (socket !== this.socket) return;
      // 4403 and 4404: the right to watch is gone, or there is nothing to watch. Asking again would not help.
      if (event.code === 4403 || event.code === 4404) this.isClosed = true;
      this.lose();
    };
    this.watch = setInterval(() => this.check(socket), ASK_MS / 2);
  }

  private check(socket: WebSocket): void {
    const silent = Date.now() - this.lastHeard;
    if (silent > SILENCE_MS) this.lose();
    else if (silent > ASK_MS && socket.readyState === WebSocket.OPEN) socket.send('{"type":"ping"}');
  }

  private hear(socket: WebSocket, text: string): void {
    if (socket !== this.socket) return;
    this.lastHeard = Date.now();
    this.retryMs = FIRST_RETRY_MS;
    const message: unknown = JSON.parse(text);
    if (message && typeof message === "object") this.handlers.onMessage(message as Record<string, unknown>);
  }

  private lose(): void {
    this.drop();
    this.handlers.onLiveness("offline");
    if (this.isClosed) return;
    this.retry = setTimeout(() => this.connect(), this.retryMs);
    this.retryMs = Math.min(this.retryMs * 2, LONGEST_RETRY_MS);
  }

  private drop(): void {
    clearTimeout(this.retry);
    clearInterval(this.watch);
    const socket = this.socket;
    this.socket = null;
    socket?.close();
  }
}

function absolute(path: string): string {
  const url = new URL(path, window.location.href);
  url.protocol = url.protocol === "https:" ? "wss:" : "ws:";
  return url.href;
}
