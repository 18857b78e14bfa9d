import time, hmac, hashlib, requests
from urllib.parse import urlencode

API_KEY = "your_api_key"
API_SECRET = "your_api_secret"
BASE_URL = "https://api-sepolia.p99.world/api/v1"

def signed_get(path: str, params: dict = None) -> list | dict:
    ts = int(time.time() * 1000)
    qs_params = {**(params or {}), "timestamp": ts}
    qs = urlencode(qs_params)
    sig = hmac.new(API_SECRET.encode(), qs.encode(), hashlib.sha256).hexdigest()
    r = requests.get(
        f"{BASE_URL}{path}?{qs}&signature={sig}",
        headers={"X-MBX-APIKEY": API_KEY},
        timeout=5,
    )
    r.raise_for_status()
    return r.json()

# Fetch all currently-open DFUSDT orders
open_orders = signed_get("/spot/orders", {"symbol": "DFUSDT", "status": "open", "limit": 200})
print(f"{len(open_orders)} open order(s)")
for o in open_orders:
    print(f" {o['id']} {o['side']:4} {o['quantity']} @ {o['price']}")

# Fetch partially-filled orders too
partial = signed_get("/spot/orders", {"symbol": "DFUSDT", "status": "partially_filled", "limit": 200})
print(f"{len(partial)} partially-filled order(s)")
