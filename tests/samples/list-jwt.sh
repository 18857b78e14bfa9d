JWT="your_jwt_token"

# List open orders for DFUSDT
curl -s "https://api-sepolia.p99.world/api/v1/spot/orders?symbol=DFUSDT&status=open" \
-H "Authorization: Bearer ${JWT}"

# List last 10 orders of any status
curl -s "https://api-sepolia.p99.world/api/v1/spot/orders?limit=10" \
-H "Authorization: Bearer ${JWT}"
