JWT="your_jwt_token"

# Cancel all open orders across all markets
curl -s -X DELETE "https://api-sepolia.p99.world/api/v1/spot/orders" \
-H "Authorization: Bearer ${JWT}"

# Cancel only DFUSDT orders
curl -s -X DELETE "https://api-sepolia.p99.world/api/v1/spot/orders?symbol=DFUSDT" \
-H "Authorization: Bearer ${JWT}"
